import { expect, test } from "vitest";
import { type LinesData, plotLines } from "../../src/plots/lines.ts";
import { expectGolden } from "./golden.ts";

const colours = [
  { mark: "var(--series-1)", text: "var(--series-1-text)" },
  { mark: "var(--series-2)", text: "var(--series-2-text)" },
] as const;

/** Loss of two optimizers with three seeds each; the last number of one is not defined. */
const data: LinesData = {
  title: "loss against step",
  x: { label: "step", log: false, range: null },
  y: { label: "loss", log: true, range: null },
  dots: false,
  lines: ["momentum", "Adam"].map((name, i) => {
    const runs = [1, 2, 3].map((seed) =>
      [1, 2, 3, 4].map((x) => ({
        x,
        y: i === 1 && seed === 3 && x === 4 ? null : 10 ** -(x / (2 - i)) * (1 + seed / 4),
      })),
    );
    const band = [1, 2, 3, 4].map((x, k) => {
      const ys = runs.flatMap((run) => run[k]!.y ?? []);
      const mean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
      return { x, mean, low: Math.min(...ys), high: Math.max(...ys) };
    });
    return { name, ...colours[i]!, runs, band };
  }),
};

test("courses with seeds, on a page", () => {
  expectGolden("lines", plotLines(data));
});

test("points over an axis, on a phone", () => {
  const lines = data.lines.map((line) => ({ ...line, runs: [line.runs[0]!], band: [] }));
  const y = { label: "error", log: false, range: [0, 1] as const };
  const svg = plotLines({ ...data, lines, dots: true, y }, "narrow");
  expectGolden("lines-points", svg);
  expect(svg).toContain('viewBox="0 0 360 300"');
});

test("page and phone say the same to screen readers", () => {
  const spoken = (svg: string) => /aria-label="([^"]+)"/.exec(svg)?.[1];
  expect(spoken(plotLines(data, "narrow"))).toBe(spoken(plotLines(data, "wide")));
  expect(spoken(plotLines(data))).toContain(
    "loss against step, by step. momentum: from 0.474 at 1, to 0.0150 at 4; Adam: from 0.150 at 1, to",
  );
});

test("a course that falls, peaks and falls again is told at its turns", () => {
  const ys = [0.5, 0.2, 0.9, 0.1, 0.3];
  const lines = [{ ...data.lines[0]!, runs: [ys.map((y, x) => ({ x, y }))], band: [] }];
  expect(plotLines({ ...data, lines })).toContain(
    "from 0.500 at 0, least 0.200 at 1, peak 0.900 at 2, then least 0.100 at 3, to 0.300 at 4.",
  );
});

test("names at the ends of lines keep a line's distance", () => {
  const close = data.lines.map((line) => ({
    ...line,
    band: [{ x: 4, mean: 0.1, low: 0.1, high: 0.1 }],
  }));
  const svg = plotLines({ ...data, lines: close });
  /** Pixels from the top: that of the point, and how far the name is moved. */
  const at = (name: string): number => {
    const before = svg.slice(0, svg.indexOf(`>${name}<`));
    const [, y = ""] = [...before.matchAll(/<text[^>]* transform="translate\([^,]+,([^)]+)\)/g)].at(
      -1,
    )!;
    const group = before.slice(before.lastIndexOf("<g "));
    return Number(y) + Number(/transform="translate\([^,]+,([^)]+)\)/.exec(group)![1]);
  };
  expect(Math.abs(at("momentum") - at("Adam"))).toBeGreaterThanOrEqual(14.9);
});

test("names that are long stand below the plot, off all data", () => {
  const long = ["a fifth of wrong labels, training", "a fifth of wrong labels, test"];
  const lines = data.lines.map((line, i) => ({ ...line, name: long[i]! }));
  const svg = plotLines({ ...data, lines }, "narrow");
  expectGolden("lines-legend", svg);
  expect(svg).toContain('viewBox="0 0 360 343"'); // two lines of 19 pixels, 5 below the 300
});

test("no values: an empty plot, not a failure", () => {
  const lines = [{ ...data.lines[0]!, runs: [[{ x: 1, y: null }]], band: [] }];
  expect(plotLines({ ...data, lines })).toContain("momentum: no values");
});
