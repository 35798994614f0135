import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { type Case, cases, flopsOf } from "../../bench/cases.ts";
import { formatsOf } from "../../bench/contestant.ts";
import { judge } from "../../bench/goals.ts";
import { fastest, median, type Row } from "../../bench/row.ts";

const bench = async (...args: string[]) => {
  const run = promisify(execFile)(process.execPath, ["bench/bench.ts", ...args]);
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
};

describe("a quick run", () => {
  const names = ["sgemm", "fcn-linear-6/sgd", "fcn-linear-6/adam"];
  let code: number;
  let rows: Row[];
  let goals: unknown[];

  beforeAll(async () => {
    const chosen = ["--case", "fcn-linear-6/(sgd|adam)", "--engines", "onnx"];
    const run = await bench("--quick", "--json", ...chosen);
    code = run.code;
    ({ rows, goals } = JSON.parse(run.stdout) as { rows: Row[]; goals: unknown[] });
  });

  test("measures the cases chosen, and the peak", () => {
    expect(code).toBe(0);
    expect([...new Set(rows.map((row) => row.case))]).toEqual(names);
    for (const row of rows) {
      expect(row).toMatchObject({ engine: "onnx", rounds: 2, note: null, variant: null });
      expect(row.timesMs).toHaveLength(2);
      expect(row.rssMb).toBeGreaterThan(50);
      expect(row.compileMs).toBeGreaterThan(0);
    }
    expect(goals).toEqual([]); // PyTorch was not asked
  });

  test("rates, fractions and ratios follow from the times", () => {
    const peaks = rows.filter((row) => row.case === "sgemm");
    for (const row of rows) {
      const measured = cases.find(({ name }) => name === row.case)!;
      expect(row.msPerStep).toBe(median(row.timesMs));
      expect(row.minMs).toBe(Math.min(...row.timesMs));
      expect(row.gflops).toBeCloseTo(flopsOf(measured) / row.msPerStep! / 1e6, 6);

      const cores = row.threads * row.processes;
      const limits = peaks.filter(({ threads, processes }) => threads * processes === cores);
      const peak = Math.max(...limits.map(({ minMs }) => flopsOf(cases[0]!) / minMs! / 1e6));
      expect(row.effectiveFractionOfPeak).toBeCloseTo(row.gflops! / peak, 6);

      const best = fastest(rows.filter((other) => other.case === row.case))!;
      const ratios = row.timesMs.map((time, i) => time / best.timesMs[i]!);
      expect(row.ratioToBest).toBeCloseTo(median(ratios), 6);
    }
    for (const name of names) {
      expect(rows.filter((row) => row.case === name && row.ratioToBest === 1)).toHaveLength(1);
    }
  });
});

test("mistakes in options are explained", async () => {
  expect(await bench("--engines", "onx")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("did you mean “onnx”?"),
  });
  expect(await bench("--case", "cnn-6")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no case matches “(?:cnn-6)”"),
  });
});

test("operations are counted by the plain algorithm", () => {
  const flops = (name: string) => flopsOf(cases.find((one) => one.name === name)!);
  const inner = 2 * 784 * 25 * 128 * 128; // one convolution from 128 to 128 channels
  const outer = inner / 128; //              from or to one channel
  expect(flops("cnn-5/sgd")).toBe(2 * outer + 3 * 3 * inner + 3 * outer);
  expect(flops("cnn-20/inference")).toBe(13 * (2 * outer + 18 * inner));
  expect(flops("fcn-linear-6/adam")).toBe(2 * 784 * 784 * (3 * 6 - 1));
});

const row = (engine: string, timesMs: number[], more: Partial<Row> = {}): Row => ({
  ...{ case: "cnn-20/sgd", engine, threads: 1, processes: 1, minMs: 0, gflops: 0, rssMb: 400 },
  ...{
    effectiveFractionOfPeak: 0,
    ratioToBest: 1,
    rounds: timesMs.length,
    loadMs: 0,
    foreignCores: 0,
  },
  ...{ timesMs, msPerStep: median(timesMs), compileMs: 0, variant: null, note: null, ...more },
});

describe("goals", () => {
  test("compare the best of each by the median of ratios within rounds", () => {
    const [time, memory] = judge([
      row("onnx", [9, 9, 9]),
      row("onnx", [4, 8, 4], { threads: 2, rssMb: 510 }),
      row("pytorch-contiguous", [10, 20, 10]), // slowed in the same round
      row("pytorch-channels-last", [50, 5, 50]),
    ]);
    expect(time).toMatchObject({ found: 0.4, limit: 0.45, met: true });
    expect(memory).toMatchObject({ found: 510, limit: 500, met: false });
  });

  test("hold arrangements apart, and say nothing of engines that failed", () => {
    const failed = row("onnx", [], { msPerStep: null, rssMb: null, note: "out of memory" });
    expect(judge([failed, row("pytorch-contiguous", [10])])).toEqual([]);
    const pair = { processes: 2 };
    const goals = judge([row("onnx", [6], pair), row("pytorch-contiguous", [10], pair)]);
    expect(goals[0]).toMatchObject({ found: 0.6, limit: 0.5, met: false });
  });
});

test("a memory format that was slower under gradient descent is not timed again", () => {
  const [sgd, adam] = ["cnn-20/sgd", "cnn-20/adam"].map((name) =>
    cases.find((one) => one.name === name)!,
  ) as [Case, Case];
  const earlier = [row("pytorch-contiguous", [10]), row("pytorch-channels-last", [11])];
  const names = (...given: Parameters<typeof formatsOf>) =>
    formatsOf(...given).map(([name]) => name);
  expect(names(sgd, [])).toEqual(["contiguous", "channels_last"]);
  expect(names(adam, earlier)).toEqual(["contiguous"]);
  expect(names(adam, [])).toEqual(["contiguous", "channels_last"]);
  const other = earlier.map((one) => ({ ...one, case: "cnn-5/sgd" }));
  expect(names(adam, other)).toEqual(["contiguous", "channels_last"]);
});
