import { expect, test } from "vitest";
import { expectGolden } from "../../../test/plots/golden.ts";
import { type DecidedPoint, plotDecides } from "./decides.ts";

const point = (
  layers: number,
  change: string,
  rInput: number | null,
  rTrain: number | null,
  converged = true,
): DecidedPoint => ({ layers, change, seed: 1, rInput, rTrain, loss: 0.01, converged });

const points = [
  point(7, "as shown", 0.75, 0.18),
  { ...point(7, "as shown", 0.77, 0.17), seed: 2 },
  point(7, "no biases", 0.9, 0.2),
  point(20, "as shown", 0.19, 0.98),
  point(20, "Adam", 0.8, 0.2),
  point(20, "momentum", 0.34, -0.31, false),
  point(20, "no biases", 0.6, null),
];

test("what decides, on a page and on a phone", () => {
  expectGolden("decides", plotDecides(points), import.meta.url);
  expectGolden("decides-narrow", plotDecides(points, "narrow"), import.meta.url);
});

test("means over seeds and what did not converge are said to screen readers", () => {
  const spoken = /aria-label="([^"]+)"/.exec(plotDecides(points))?.[1];
  expect(spoken).toContain("7 layers: as shown 0.76 and 0.17");
  expect(spoken).toContain("momentum, not converged");
  expect(spoken).toContain("no biases 0.60 and undefined");
  expect(plotDecides(points)).toContain("× not converged");
});
