import { describe, expect, test } from "vitest";
import type { Experiment, RunSpec } from "../../src/lab/experiment.ts";
import { makePlan, type PlanOptions, type PlanSources } from "../../src/lab/plan.ts";
import type { Stored } from "../../src/lab/store/store.ts";
import { createOutput, parametersSpec, trainSpec } from "./job.ts";

const pixels = new Float32Array(784);
const picture = (id: string) => ({ id, label: id, pixels });

const mnist = { name: "mnist", source: "drawn" as const, sha256: "0" };

const sources = (stored: Record<string, Stored> = {}): PlanSources => ({
  store: { read: async (key) => stored[key] ?? { state: "missing" } },
  engine: { name: "cpu", id: "cpu-1" },
  codeHash: "c0de",
  threads: 1,
  resolve: () => ({
    pictures: { train: picture("train"), tests: [picture("test")], layerTests: [] },
    datasets: [mnist],
  }),
});

const experiment = (id: string, runs: Record<string, RunSpec>): Experiment => ({
  id,
  title: id,
  config: { title: id, task: "parameters", models: [] },
  runs: Object.entries(runs).map(([name, spec]) => ({ name, spec })),
  publish: [],
});

const cnnModel = { kind: "cnn", channels: 128, kernel: 5, biases: true } as const;
const cnn = (layers: number): RunSpec => trainSpec(500, { ...cnnModel, layers });

const experiments = [
  experiment("depth", { small: cnn(2), large: cnn(20), fcn: trainSpec(500) }),
  experiment("layers", { same: cnn(20) }),
  experiment("counts", { parameters: parametersSpec }),
];

const options: PlanOptions = { profile: "default", only: [], force: false };

const names = async (more: Partial<PlanOptions>) =>
  (await makePlan(experiments, { ...options, ...more }, sources())).jobs
    .filter(({ due }) => due)
    .map(({ job }) => job.name);

describe("makePlan", () => {
  test("orders unique runs, longest first", async () => {
    expect(await names({})).toEqual([
      "depth/large",
      "depth/small",
      "depth/fcn",
      "counts/parameters",
    ]);
  });

  test("gives a run of two experiments one key", async () => {
    const plan = await makePlan(experiments, options, sources());
    const [depth, layers] = plan.experiments;
    expect(layers!.runs[0]!.key).toBe(depth!.runs[1]!.key);
    expect(plan.datasets).toEqual([mnist]);
  });

  test("selects experiments and single runs, also those named after another experiment", async () => {
    expect(await names({ only: ["layers"] })).toEqual(["depth/large"]);
    expect(await names({ only: ["depth/fcn", "counts"] })).toEqual([
      "depth/fcn",
      "counts/parameters",
    ]);
  });

  test.each([
    ["dept", "unknown experiment “dept” in --only", "did you mean “depth”?"],
    ["depth/smal", "unknown run “depth/smal” in --only", "did you mean “depth/small”?"],
    ["zzzzzzzzzz", "unknown experiment", "the experiments are depth, layers, counts"],
  ])("names the nearest to %s", async (only, message, hint) => {
    const plan = makePlan(experiments, { ...options, only: [only] }, sources());
    await expect(plan).rejects.toMatchObject({ message: expect.stringContaining(message), hint });
  });

  test("refuses a run beyond the machine where it is asked for", async () => {
    const deep = [experiment("deep", { endless: cnn(1e9) }), ...experiments];
    const refused = makePlan(deep, options, sources());
    await expect(refused).rejects.toThrow(/^deep\/endless: 1,000,000,000 layers .* PB of weights/);
    const counted = experiment("deep", {
      counted: { task: "parameters", models: [{ ...cnnModel, layers: 1e9 }] },
    });
    await expect(makePlan([counted], options, sources())).rejects.toThrow(
      /^deep\/counted: .*listed/,
    );
    const plan = await makePlan(deep, { ...options, only: ["depth"] }, sources());
    expect(plan.jobs).toHaveLength(5);
  });

  test("caps the steps in the quick profile, under other keys", async () => {
    const slow = await makePlan(experiments, options, sources());
    const quick = await makePlan(experiments, { ...options, profile: "quick" }, sources());
    expect(quick.jobs[0]!.job.spec).toMatchObject({ training: { steps: 120 } });
    expect(quick.jobs[0]!.job.key).not.toBe(slow.jobs[0]!.job.key);
    expect(quick.jobs.at(-1)!.job.key).toBe(slow.jobs.at(-1)!.job.key);
    expect(quick.profile).toBe("quick");
  });

  test("keys of tasks that train nothing depend on neither engine nor pictures", async () => {
    const other = { ...sources(), engine: { name: "onnx", id: "onnx-1" } };
    const [one, two] = [
      await makePlan(experiments, options, sources()),
      await makePlan(experiments, options, other),
    ];
    const changed = one.jobs.map(({ job }, i) => job.key !== two.jobs[i]!.job.key);
    expect(changed).toEqual([true, true, true, false]);
  });

  test("tells fresh, diverged, damaged and missing apart, and forces all", async () => {
    const { jobs } = await makePlan(experiments, options, sources());
    const keys = jobs.map(({ job }) => job.key);
    const whole = (key: string, reason?: string): Stored => ({
      state: "whole",
      record: { ...createOutput(key, reason ? { reason } : {}).record, files: {} } as never,
    });
    const stored: Record<string, Stored> = {
      [keys[0]!]: whole(keys[0]!),
      [keys[1]!]: whole(keys[1]!, "loss became NaN at step 2"),
      [keys[2]!]: { state: "damaged", reason: "arrays.npz is missing" },
    };
    const plan = await makePlan(experiments, options, sources(stored));
    expect(
      plan.jobs.map(({ status, reason, due, replace }) => [status, reason, due, replace]),
    ).toEqual([
      ["fresh", null, false, true],
      ["diverged", "loss became NaN at step 2", false, true],
      ["missing", "damaged: arrays.npz is missing", true, true],
      ["missing", "not trained yet", true, false],
    ]);
    const forced = await makePlan(experiments, { ...options, force: true }, sources(stored));
    expect(forced.jobs.every(({ due }) => due)).toBe(true);
  });
});
