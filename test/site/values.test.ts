import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { curves } from "../../src/site/curves.ts";
import { runTable } from "../../src/site/number-table.ts";
import { formatNumber, formatTick } from "../../src/site/numbers.ts";
import { findRows } from "../../src/site/results.ts";
import { select } from "../../src/site/selection.ts";
import { readValue } from "../../src/site/value.ts";
import { publishGallery } from "../galleries/build.ts";

const folders: Record<string, string> = {};

beforeAll(async () => {
  folders["chain"] = await publishGallery("chain");
  folders["failing"] = await publishGallery("failing");
});

afterAll(() =>
  Promise.all(Object.values(folders).map((folder) => rm(dirname(folder), { recursive: true }))),
);

afterEach(() => {
  vi.unstubAllEnvs();
});

const plain = { percent: false };

describe("values in texts", () => {
  beforeEach(() => {
    vi.stubEnv("VITRINE_PUBLIC", folders["chain"]);
  });

  test("one run's number, as the run yielded it", () => {
    const [row] = findRows("chain", "fits", { degree: 1, seed: 2 });
    const slope = (row!.out["parameters"]!.value as number[])[1]!;
    const shown = readValue("chain", "fits/degree=1/seed=2/parameters/1", plain);
    expect(shown).toMatchObject({ value: slope, text: slope.toPrecision(3), n: null });
  });

  test("with only the seed open: the mean, of how many, from where to where", () => {
    const slopes = findRows("chain", "fits", { degree: 1 }).map(
      ({ out }) => (out["parameters"]!.value as number[])[1]!,
    );
    const shown = readValue("chain", "fits/degree=1/parameters/1", plain);
    expect(shown.value).toBeCloseTo((slopes[0]! + slopes[1]! + slopes[2]!) / 3, 12);
    expect(shown.n).toBe(3);
    const [least, greatest] = [Math.min(...slopes), Math.max(...slopes)].map((n) =>
      n.toPrecision(3),
    );
    expect(shown.range).toBe(`${least} to ${greatest}`);
  });

  test("a cell of a table: the last by default, others by place or by name", () => {
    const at = "fits/degree=1/seed=1/curve";
    const ys = findRows("chain", "fits", { degree: 1, seed: 1 })[0]!.out["curve"]!.table!["y"]!;
    expect(readValue("chain", `${at}/y`, plain).value).toBe(ys.at(-1));
    expect(readValue("chain", `${at}/y/0`, plain).value).toBe(ys[0]);
    expect(readValue("chain", `${at}/y/max`, plain).value).toBe(Math.max(...(ys as number[])));
    expect(readValue("chain", "fits/degree=1/seed=1/params/sample/points", plain).text).toBe("20");
  });

  test.each([
    ["fits/parameters/0", "leaves degree open; add degree=…"],
    ["fits/degree=1/parameters", "is no single value"],
    ["fits/degree=1/coefficient/0", "unknown output “coefficient”"],
    ["fits/degree=1/curve/z", "unknown column “z” in “fits/degree=1/curve/z”"],
    ["fits/degre=1/curve/y", "did you mean “degree”?"],
    ["fit/degree=1", "did you mean “fits”?"],
    ["fits/degree=1", "names no output"],
  ])("%s is an error that says why", (address, message) => {
    expect(() => readValue("chain", address, plain)).toThrow(message);
  });

  test("curves take their axes from the declaration, and a band from the seeds", () => {
    const [plot] = curves(select("chain", "fits"));
    expect([plot!.data.x.label, plot!.data.y.label]).toEqual(["x", "y"]);
    expect(
      plot!.data.lines.map(({ name, runs, band }) => [name, runs.length, band.length]),
    ).toEqual([
      ["degree 0", 3, 20],
      ["degree 1", 3, 20],
    ]);
    const middle = plot!.data.lines[1]!.band[7]!;
    expect(middle.low).toBeLessThan(middle.mean);
    expect(middle.high).toBeGreaterThan(middle.mean);
  });

  test("the table of runs: means over seeds, or each seed", () => {
    const means = runTable(select("chain", "fits"));
    expect(means.columns).toEqual(["parameters 1", "parameters 2"]);
    expect(means.rows.map(({ heads }) => heads)).toEqual([["0"], ["1"]]);
    expect(means.rows[1]!.cells[1]!.range).toMatch(/^1\.\d+ … 1\.\d+$/);
    expect(runTable(select("chain", "fits"), { seeds: "each" }).rows).toHaveLength(6);
  });
});

test("a run without a result has no value, and says why", () => {
  vi.stubEnv("VITRINE_PUBLIC", folders["failing"]);
  expect(readValue("failing", "attempts/way=throws/number", plain)).toMatchObject({
    text: "–",
    reason: "the dice fell off the table",
  });
});

test("numbers for people", () => {
  expect([0.91234, 78694400, 3.1e-5, -2.5, 0, 1.5e9 + 0.5].map((n) => formatNumber(n))).toEqual([
    "0.912",
    "78,694,400",
    "3.10 × 10⁻⁵",
    "−2.50",
    "0",
    "1.50 × 10⁹",
  ]);
  expect([0.001, 1e6, 0.25, 2000, 3e-4].map(formatTick)).toEqual([
    "10⁻³",
    "10⁶",
    "0.25",
    "2,000",
    "3 × 10⁻⁴",
  ]);
});
