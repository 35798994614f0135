import { expect, test } from "vitest";
import { plotLines } from "#plots/lines";
import { expectGolden } from "../../../test/plots/golden.ts";
import { descentData, type Fit } from "../figures/descent.ts";

const view = (name: string, number: number): NonNullable<Fit["out"]["norm"]> => ({
  name,
  declaration: { kind: "value", label: null },
  href: null,
  bytes: 0,
  value: number,
  table: null,
  arrays: {},
});

function row(noise: string, width: number, seed: number, numbers: Record<string, number>): Fit {
  const coordinate = (axis: string, value: number) => ({
    axis,
    label: `${value}`,
    value,
    slug: `${value}`,
  });
  const labels = { axis: "noise", label: noise, value: null, slug: noise.replaceAll(" ", "-") };
  return {
    key: `${noise}/${width}/${seed}`,
    name: "",
    task: "fit",
    params: {},
    label: "",
    at: [labels, coordinate("width", width), coordinate("seed", seed)],
    status: "done",
    reason: null,
    record: null,
    out: Object.fromEntries(Object.entries(numbers).map(([name, n]) => [name, view(name, n)])),
  };
}

const widths = [1, 5, 10, 20, 40];
const rows = ["true labels", "wrong labels"].flatMap((noise, i) =>
  widths.flatMap((width) =>
    [1, 2].map((seed) => {
      const ratio = width / 10;
      const testError = 0.2 + 0.1 * i + 0.5 / (1 + 8 * Math.abs(Math.log(ratio))) + 0.02 * seed;
      const trainError = Math.max(0, 0.3 - 0.3 * ratio);
      return row(noise, width, seed, { ratio, testError, trainError, testLoss: 1, norm: width });
    }),
  ),
);

test("errors of tests and, paler, of training, through the threshold", () => {
  const data = descentData(rows, "errors");
  expect(data.lines.map(({ name }) => name)).toEqual([
    "true labels",
    "true labels, training",
    "wrong labels",
    "wrong labels, training",
  ]);
  expect(data.lines[0]!.runs).toHaveLength(2);
  const peak = data.lines[0]!.band.find(({ x }) => x === 1)!;
  expect([peak.low, peak.mean, peak.high]).toEqual(
    [0.72, 0.73, 0.74].map((v) => expect.closeTo(v)),
  );
  const svg = plotLines(data);
  expectGolden("descent", svg, import.meta.url);
  expect(svg).toMatch(/ true labels: from [\d.]+ at 0\.100, peak 0\.730 at 1, to [\d.]+ at 4/);
});

test("runs without a result leave gaps, and nothing else", () => {
  const missing = rows.map((row): Fit =>
    row.key === "true labels/10/1"
      ? { ...row, status: "failed", reason: "out of memory", out: {} }
      : row,
  );
  const [line] = descentData(missing, "norms").lines;
  expect(line!.runs.map((run) => run.length)).toEqual([4, 5]);
  expect(line!.band.map(({ x, mean }) => [x, mean])).toEqual(widths.map((w) => [w / 10, w]));
});
