import { expect, test } from "vitest";
import { expectGolden } from "../../../test/plots/golden.ts";
import { type AgainstPoint, plotAgainst } from "./against.ts";

const point = (
  label: string,
  outcome: AgainstPoint["outcome"],
  published: number,
  ours: number,
  more: Partial<AgainstPoint> = {},
): AgainstPoint => ({
  label,
  series: label.startsWith("CNN") ? "convolutional" : "fully connected",
  outcome,
  published,
  ours,
  least: ours,
  greatest: ours,
  tuned: false,
  ...more,
});

const points = [
  point("CNN 1-layer", "rInput", 1, 0.99),
  point("CNN 14-layer", "rInput", 0.45, 0.44, { least: 0.36, greatest: 0.52 }),
  point("CNN 19-layer", "rTrain", 0.52, 0.96),
  point("CNN 20-layer", "rTrain", 0.98, 0.98, { tuned: true }),
  point("6-layer ReLU", "rTrain", 0.99, 0.99),
];

test("published against ours, on a page and on a phone", () => {
  expectGolden("against", plotAgainst(points), import.meta.url);
  expectGolden("against-narrow", plotAgainst(points, "narrow"), import.meta.url);
});

test("what is far apart is named, for screen readers too; a tuned row is not", () => {
  const svg = plotAgainst(points);
  expect(svg).toContain("Further apart than 0.1: CNN 19-layer, r constant 0.96, published 0.52.");
  expect(svg.match(/CNN 19-layer/g)).toHaveLength(2);
  expect(svg).not.toContain("CNN 20-layer");
  const near = points.filter(({ label }) => label !== "CNN 19-layer");
  expect(plotAgainst(near)).toContain("None is far apart.");
});
