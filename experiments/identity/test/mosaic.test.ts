import { expect, test } from "vitest";
import { split } from "#lab/random";
import { nearestPatches } from "../mosaic.ts";

const size = 7;
const random = split(1, "mosaic");
const draw = () => Float64Array.from({ length: size ** 2 }, () => random.normal());

const at = (picture: Float64Array, x: number, y: number) =>
  x < 0 || y < 0 || x >= size || y >= size ? 0 : picture[y * size + x]!;

/** Sum of squared differences of two patches, pixel by pixel. */
function distance(a: Float64Array, p: number, b: Float64Array, q: number, reach: number): number {
  let sum = 0;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const one = at(a, (p % size) + dx, Math.floor(p / size) + dy);
      const other = at(b, (q % size) + dx, Math.floor(q / size) + dy);
      sum += (one - other) ** 2;
    }
  }
  return sum;
}

test.each([1, 3, 5, 13, 41])("patches of width %i are the nearest of all", (width) => {
  const [input, picture] = [draw(), draw()];
  const reach = (width - 1) / 2;
  const places = Array.from({ length: size ** 2 }, (_, q) => q);
  nearestPatches(input, picture, size, width).forEach((found, p) => {
    const distances = places.map((q) => distance(input, p, picture, q, reach));
    expect(distances[found]).toBeCloseTo(Math.min(...distances), 9);
  });
});

test("a picture is put together from its own patches", () => {
  const picture = draw();
  expect([...nearestPatches(picture, picture, size, 5)]).toEqual([...picture.keys()]);
});

test("patches that hold all of the picture only move it", () => {
  const picture = draw();
  const moved = Float64Array.from(picture, (_, p) =>
    at(picture, (p % size) + 1, Math.floor(p / size)),
  );
  const found = nearestPatches(moved, picture, size, 2 * size + 1);
  found.forEach((q, p) => {
    if (p % size < size - 1) expect(q).toBe(p + 1);
  });
});
