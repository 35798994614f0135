import { Matrix, SVD } from "ml-matrix";
import type { Row } from "#lab/measures/centred";
import type { Code, Out } from "#lab/task";
import { resolvePicture } from "./pixels.ts";
import { side, standardise } from "./scaling.ts";
import type { patchRank } from "./theory-tasks.ts";

/**
 * The patch around every pixel, zeros beyond the edge.
 * @param picture [size · size] @param kernel width of the patches, odd.
 * @returns [size · size, kernel · kernel]
 */
export function patchesOf(picture: Row, size: number, kernel: number): Matrix {
  const reach = (kernel - 1) / 2;
  const patches = Matrix.zeros(picture.length, kernel ** 2);
  for (let pixel = 0; pixel < picture.length; pixel++) {
    for (let tap = 0; tap < kernel ** 2; tap++) {
      const y = Math.floor(pixel / size) + Math.floor(tap / kernel) - reach;
      const x = (pixel % size) + (tap % kernel) - reach;
      const isInside = x >= 0 && y >= 0 && x < size && y < size;
      if (isInside) patches.set(pixel, tap, picture[y * size + x]!);
    }
  }
  return patches;
}

/** What the patches of a picture [size · size] leave of the choice of a kernel that reproduces it. */
export function analysePatches(picture: Row, size: number, kernel: number): Out<typeof patchRank> {
  const patches = patchesOf(picture, size, kernel);
  const parts = new SVD(patches, { autoTranspose: true });
  const { rank, diagonal } = parts;
  const apart = parts.solve(Matrix.columnVector(picture));
  const centre = (kernel ** 2 - 1) / 2;
  apart.set(centre, 0, apart.get(centre, 0) - 1);
  const biased = patches.clone().addColumn(Matrix.ones(picture.length, 1));
  const isUnique = rank === kernel ** 2;
  return {
    weights: kernel ** 2,
    rank,
    rankWithBias: new SVD(biased, { autoTranspose: true }).rank,
    isUnique,
    condition: isUnique ? parts.condition : null,
    distance: apart.norm("frobenius"),
    spectrum: {
      place: diagonal.map((_, i) => i + 1),
      share: diagonal.map((value) => value / diagonal[0]!),
    },
  };
}

const run: Code<typeof patchRank> = async ({ params, inputs }) => {
  const { pixels } = resolvePicture(params.picture, inputs.pixels);
  return analysePatches(standardise(pixels), side, params.kernel);
};

export default run;
