import { expect, test } from "vitest";
import { plotScatter } from "../../src/plots/scatter.ts";
import { expectGolden } from "./golden.ts";

test("points of two groups, one axis logarithmic", () => {
  const group = (name: string, i: number) => ({
    name,
    mark: `var(--series-${i})`,
    text: `var(--series-${i}-text)`,
    points: [1, 2, 3].map((k) => ({ x: 10 ** (k + i), y: k / i, label: `${name} ${k}` })),
  });
  const svg = plotScatter({
    title: "error against parameters",
    x: { label: "parameters", log: true, range: null },
    y: { label: "error", log: false, range: null },
    groups: [group("wide", 1), group("deep", 2)],
  });
  expectGolden("scatter", svg);
  expect(svg).toContain("parameters, log axis");
});
