import { expect, test } from "vitest";
import { plotLines } from "#plots/lines";
import { expectGolden } from "../../../test/plots/golden.ts";
import { comparisons } from "./mosaic.ts";

const trained = [
  { layers: 1, rInput: 1, rTrain: 0.19, converged: true },
  { layers: 7, rInput: 0.8, rTrain: 0.16, converged: true },
  { layers: 14, rInput: 0.1, rTrain: 0.9, converged: false },
  { layers: 20, rInput: 0.2, rTrain: 0.97, converged: true },
];
const patches = [
  { layers: 1, rInput: 0.7, rTrain: 0.2 },
  { layers: 20, rInput: -0.1, rTrain: null },
];

test("each outcome has a plot, on the same scale", () => {
  const [identity, constant] = comparisons(trained, patches);
  expect(identity!.data.y.range).toEqual(constant!.data.y.range);
  expectGolden("mosaic", plotLines(identity!.data, "narrow"), import.meta.url);
});

test("what did not converge, and what is not defined, leaves a gap", () => {
  const [identity, constant] = comparisons(trained, patches);
  expect(identity!.data.lines[0]!.runs[0]!.map(({ y }) => y)).toEqual([1, 0.8, null, 0.2]);
  expect(constant!.data.lines[1]!.runs[0]!.map(({ y }) => y)).toEqual([0.2, null]);
});
