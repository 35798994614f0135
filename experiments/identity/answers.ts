import type { Tensor } from "@tensorflow/tfjs-core";
import type { DatasetPictures } from "#lab/data";
import type { Layer, Network } from "#lab/networks/network";
import type { NumpyArray } from "#lab/npz";
import type { LabelledArray } from "#lab/output";
import type { Call } from "#lab/task";
import { type Lab, openLab } from "#lab/training";
import { createNetwork, loadWeights, stack } from "./networks.ts";
import { fieldOf } from "./parameters.ts";
import { resolvePictures, type ResolvedPicture } from "./pixels.ts";
import { standardise } from "./scaling.ts";
import type { predict } from "./tasks.ts";

/** A trained network before pictures. */
export interface Shown {
  lab: Lab;
  network: Network;
  layers: Layer<Tensor>[];
  /** The training picture first. */
  pictures: ResolvedPicture[];
  /** Width and height of each, in pixels. */
  side: number;
  /** Of each, standardised, [side · side]. */
  inputs: Float32Array[];
  /** All of them as a batch. */
  x: Tensor;
}

/** Brings a trained network and pictures together. */
export async function showPictures(
  call: Pick<Call<typeof predict>, "params" | "engine" | "report"> & {
    inputs: { weights: Record<string, NumpyArray>; pixels: readonly DatasetPictures[][] };
  },
): Promise<Shown> {
  const { params, inputs: given } = call;
  const lab = await openLab(call);
  const network = createNetwork(params.network.model);
  const shown = [params.network.picture, ...params.pictures];
  const side = fieldOf(params.network.model);
  const pictures = resolvePictures(shown, given.pixels, side);
  const inputs = pictures.map(({ pixels }) => standardise(pixels));
  return {
    lab,
    network,
    layers: loadWeights(network, given.weights),
    pictures,
    side,
    inputs,
    x: stack(network, inputs),
  };
}

/** [n · side · side] as n rows. */
export const rowsOf = (data: Float32Array, side: number): Float32Array[] =>
  Array.from({ length: data.length / side ** 2 }, (_, i) =>
    data.slice(i * side ** 2, (i + 1) * side ** 2),
  );

/** Rows [side · side] as an array [picture, y, x]. */
export function arrayOf(
  rows: readonly Float32Array[],
  { pictures, side }: Pick<Shown, "pictures" | "side">,
): LabelledArray {
  const data = new Float32Array(rows.length * side ** 2);
  rows.forEach((row, i) => data.set(row, i * side ** 2));
  return {
    data,
    shape: [rows.length, side, side],
    labels: { picture: pictures.map(({ label }) => label) },
  };
}
