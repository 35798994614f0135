import { expect, test } from "vitest";
import { analysePatches, patchesOf } from "../patch-rank.ts";
import { drawPattern } from "../patterns.ts";
import { standardise } from "../scaling.ts";

test("a patch lies around each pixel, with zeros beyond the edge", () => {
  const patches = patchesOf([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 3);
  expect(patches.getRow(0)).toEqual([0, 0, 0, 0, 1, 2, 0, 4, 5]);
  expect(patches.getRow(4)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(patches.getRow(8)).toEqual([5, 6, 0, 8, 9, 0, 0, 0, 0]);
});

test("an even grey has full rank by its border alone", () => {
  const found = analysePatches(new Float64Array(784).fill(0.3), 28, 5);
  expect(found).toMatchObject({ rank: 25, isUnique: true });
});

test("where the rank is full, the least-squares kernel is the identity", () => {
  const found = analysePatches(standardise(drawPattern("disc-crescent")), 28, 5);
  expect(found).toMatchObject({ weights: 25, rank: 25, rankWithBias: 26, isUnique: true });
  expect(found.distance).toBeLessThan(1e-12);
  expect(found.spectrum.share.at(-1)).toBeCloseTo(1 / found.condition!, 12);
});

test("where pixels are fewer than weights, the least kernel that fits is another", () => {
  const picture = [3, 1, 4, 1, 5, 9, 2, 6, 5];
  const found = analysePatches(picture, 3, 5);
  expect(found).toMatchObject({ weights: 25, rank: 9, isUnique: false, condition: null });
  expect(found.distance).toBeGreaterThan(0.1);
});
