import { expect, test } from "vitest";
import { plotBarGlyph } from "../../src/plots/bar-glyph.ts";
import { plotBars } from "../../src/plots/bars.ts";
import { expectGolden } from "./golden.ts";

const mark = "var(--series-1)";

test("lengths with seeds, and a setting without a result", () => {
  const svg = plotBars({
    title: "error by optimizer",
    x: { label: "error (%)", log: false, range: null },
    bars: [
      { name: "momentum", mark, values: [2, 3, 4], mean: 3, reason: null },
      { name: "Adam", mark, values: [1.5], mean: 1.5, reason: null },
      { name: "none at all", mark, values: [], mean: null, reason: "failed" },
    ],
  });
  expectGolden("bars", svg);
  expect(svg).toContain(">failed<");
});

test("bars at the end of a row, one without a value", () => {
  const bars = [
    { label: "r", value: 0.5, mark },
    { label: "s", value: null, mark },
  ];
  const svg = plotBarGlyph(bars, [0, 1]);
  expectGolden("bar-glyph", svg);
  expect(svg).toContain('aria-label="r 0.500, s –"');
});
