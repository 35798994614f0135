import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isConverged } from "../src/convergence.ts";
import { resultOf, results, resultsOf, runIndex, value } from "../src/results.ts";
import { agreement, transition } from "../src/views/agreement.ts";
import { gallery, strip, tileOffset } from "../src/views/gallery.ts";
import { layerSheets } from "../src/views/layers.ts";
import { provenance, sourceLine } from "../src/views/provenance.ts";
import { formatDifference, formatSmall, formatValue, pictureLabel } from "../src/views/words.ts";

const train = { dataset: "mnist", label: 7, rank: 0 } as const;
const sneaker = { dataset: "fashion-mnist", label: 7, rank: 0 } as const;

const spec = (layers: number) => ({
  task: "train",
  train,
  tests: [sneaker, { pattern: "thin-stripes" }],
  layerTests: [sneaker],
  model: { kind: "cnn", layers, channels: 128, kernel: 5, biases: true },
  training: {
    optimizer: { kind: "ngd", cap: 0.05, lossFraction: 0.5, settling: 0.25 },
    steps: 2000,
    lossThreshold: 0,
  },
  seed: 1,
});

const linear = (layers: number) => ({
  ...spec(layers),
  model: { kind: "fcn", layers, activation: "linear", width: 784, biases: true },
});

const measures = (rInput: number, rTrain: number) => ({ rInput, rTrain, gain: 0.5, mse: 0.01 });

/** @param reproduced correlation and error of the training picture */
function record(
  key: string,
  layers: number,
  [rInput, rTrain]: [number, number],
  reproduced: { r: number; mse: number } = { r: 0.99, mse: 0.01 },
) {
  const mean = measures(rInput, rTrain);
  const { r, mse } = reproduced;
  const images = ["7", "sneaker", "thin stripes"].map((label, i) => ({
    id: label,
    label,
    ...(i === 0 ? { rInput: r, rTrain: r, gain: r, mse } : mean),
  }));
  const table = { images, mean };
  return {
    task: "train",
    schema: 2,
    key,
    spec: spec(layers),
    training: { steps: 1500, loss: 0.0423, curve: [], stoppedBy: "loss", reason: null },
    metrics: { ...table, displayed: table },
    parameters: { total: 26, layers: [] },
    provenance: {
      engine: "onnx",
      versions: {},
      datasets: [{ name: "mnist", source: "drawn", sha256: "0123456789" }],
      codeHash: "c",
      seed: 1,
      started: "2026-01-01T00:00:00Z",
      seconds: 252,
      threads: 1,
      cpu: "",
    },
    files: { "arrays.npz": { sha256: "0", bytes: 1 } },
  };
}

const index = {
  schema: 2,
  profile: "default",
  engine: "onnx",
  datasets: [],
  experiments: [
    {
      id: "cnn-depth",
      title: "Depth",
      runs: [
        { name: "cnn-1", key: "aaaaaaaaaa", status: "done", reason: null, spec: spec(1) },
        { name: "cnn-20", key: "bbbbbbbbbb", status: "done", reason: null, spec: spec(20) },
        { name: "cnn-9", key: null, status: "missing", reason: "not asked for", spec: spec(9) },
      ],
    },
    {
      id: "fcn-depth",
      title: "One network that does not learn",
      runs: [
        { name: "fcn-1-linear", key: "aaaaaaaaaa", status: "done", reason: null, spec: linear(1) },
        { name: "fcn-2-linear", key: "cccccccccc", status: "done", reason: null, spec: linear(2) },
      ],
    },
  ],
};

let directory = "";
const outer = process.env["VITRINE_PUBLIC"];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "vitrine-results-"));
  process.env["VITRINE_PUBLIC"] = directory;
  const write = (path: string, content: unknown) => {
    mkdirSync(join(directory, "runs", path, ".."), { recursive: true });
    writeFileSync(join(directory, "runs", path), JSON.stringify(content));
  };
  write("index.json", index);
  write("aaaaaaaaaa/run.json", record("aaaaaaaaaa", 1, [1, 0.19]));
  write("bbbbbbbbbb/run.json", record("bbbbbbbbbb", 20, [0.2, 0.94]));
  const pale = { r: 0.99, mse: 0.3 };
  write("cccccccccc/run.json", record("cccccccccc", 2, [0.5, 0.3], pale));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
  if (outer === undefined) delete process.env["VITRINE_PUBLIC"];
  else process.env["VITRINE_PUBLIC"] = outer;
});

test("all runs are there in order, the missing one with its reason", () => {
  const { rows } = results("cnn-depth");
  expect(rows.map(({ name }) => name)).toEqual(["cnn-1", "cnn-20", "cnn-9"]);
  expect(rows[1]?.files?.predictions).toBe("/runs/bbbbbbbbbb/predictions.png");
  expect(rows[2]).toMatchObject({ record: null, files: null, reason: "not asked for" });
});

test("the index is read once", () => {
  expect(runIndex()).toBe(runIndex());
});

test("an unknown experiment names the known ones", () => {
  expect(() => results("cnn-deph")).toThrow(/did you mean “cnn-depth”/);
});

test("a figure for another kind of task is refused", () => {
  expect(() => resultsOf("parameters", "cnn-depth")).toThrow(/not parameters/);
  expect(() => resultOf("bias-variance", "cnn-depth")).toThrow(/not bias-variance/);
});

test("without results the error says what to run", () => {
  const before = process.env["VITRINE_PUBLIC"];
  process.env["VITRINE_PUBLIC"] = join(directory, "nowhere");
  expect(() => runIndex()).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("npm run train") }),
  );
  process.env["VITRINE_PUBLIC"] = before;
});

test.each([
  ["{", /index\.json cannot be read: .*line 1/],
  ['{ "schema": 1 }', /index\.json is not an index of runs: schema: /],
  [
    JSON.stringify(index).replace('"aaaaaaaaaa"', '"../../x"'),
    /index\.json is not an index of runs: experiments\.0\.runs\.0\.key: /,
  ],
])("a damaged index names its place: %#", (text, message) => {
  const before = process.env["VITRINE_PUBLIC"];
  process.env["VITRINE_PUBLIC"] = join(directory, "damaged");
  mkdirSync(join(directory, "damaged/runs"), { recursive: true });
  writeFileSync(join(directory, "damaged/runs/index.json"), text);
  expect(() => runIndex()).toThrow(message);
  process.env["VITRINE_PUBLIC"] = before;
});

test("values by path, short and full", () => {
  expect(value("cnn-depth", "cnn-20", "displayed.rTrain")).toBe(0.94);
  expect(value("cnn-depth", "cnn-20", "metrics.mean.rInput")).toBe(0.2);
  expect(value("cnn-depth", "cnn-20", "metrics.displayed.images.1.label")).toBe("sneaker");
  expect(value("cnn-depth", "cnn-20", "spec.training.optimizer.cap")).toBe(0.05);
});

test("a known run without a result has no value, and the page says so", () => {
  expect(value("cnn-depth", "cnn-9", "displayed.rTrain")).toBeNull();
  expect(value("cnn-depth", "cnn-20", "training.reason")).toBeNull();
  expect(formatValue(null, "displayed.rTrain")).toBe("–");
});

test.each([
  ["cnn-21", "training.steps", /unknown run/],
  ["cnn-20", "training.step", /did you mean/],
  ["cnn-20", "training", /not a number/],
])("a wrong quotation fails: %s %s", (run, path, message) => {
  expect(() => value("cnn-depth", run, path)).toThrow(message);
});

test("a gallery has a tile per picture and a reason where there is none", () => {
  const { columns, inputs, rows } = gallery("cnn-depth");
  expect(columns).toEqual(["training picture", "sneaker", "thin stripes"]);
  expect(inputs?.tiles).toHaveLength(3);
  expect(rows[1]?.tiles[1]).toMatchObject({
    position: "50% 0%",
    alt: "20 layers, sneaker: output. r identity 0.20, r constant 0.94",
  });
  expect(rows[2]).toMatchObject({ tiles: [], reason: "not trained yet: not asked for" });
});

test("a strip follows one picture through the depths", () => {
  expect(strip("cnn-depth", "sneaker").map(({ label }) => label)).toEqual([
    "input",
    "1 layer",
    "20 layers",
  ]);
  expect(() => strip("cnn-depth", "trainer")).toThrow(/unknown picture/);
});

test("layers are named from the input to the output", () => {
  const labels = layerSheets("cnn-depth")
    .get("cnn-20")
    ?.rows.map(({ label }) => label);
  expect(labels).toHaveLength(21);
  expect([labels?.[0], labels?.[19], labels?.[20]]).toEqual(["input", "layer 19", "output"]);
});

test("agreement counts only the rows that both have", () => {
  const { rows, mean } = agreement(["cnn-depth"]);
  expect(rows.map(({ rTrain }) => rTrain.difference)).toEqual(["0.00", "–", "−0.04"]);
  expect(mean.rTrain).toBe("0.02");
});

test.each([
  [{ r: 0.94, mse: 0.01 }, false],
  [{ r: 0.96, mse: 0.06 }, false],
  [{ r: 0.96, mse: 0.04 }, true],
])("a training picture at %o: converged is %s", (reproduced, converged) => {
  expect(isConverged(record("k", 5, [0.9, 0.2], reproduced) as never)).toBe(converged);
});

test("a network as initialised has nothing to converge to, nor has one without a result", () => {
  const { training, ...rest } = record("k", 5, [0.9, 0.2], { r: 0.1, mse: 1 });
  expect(isConverged({ ...rest, training: { ...training, steps: 0 } } as never)).toBeNull();
  expect(isConverged(null)).toBeNull();
  expect(results("cnn-depth").rows.map(({ converged }) => converged)).toEqual([true, true, null]);
});

test("a row that did not converge says so wherever it is shown", () => {
  const words = "not converged: loss 0.042 after 1,500 steps";
  const inOrder = [null, words];
  expect(results("fcn-depth").rows[1]).toMatchObject({ status: "done", converged: false });
  expect(gallery("fcn-depth").rows.map((row) => row.unconverged)).toEqual(inOrder);
  expect(strip("fcn-depth", "sneaker").map((step) => step.unconverged)).toEqual([
    null, // the input
    ...inOrder,
  ]);
  expect([...layerSheets("fcn-depth").values()].map((sheet) => sheet.unconverged)).toEqual(inOrder);
  expect(provenance(["fcn-depth"]).map((row) => row.isUnconverged)).toEqual([false, true]);
  expect(transition("fcn-depth").ours.map(({ converged }) => converged)).toEqual([true, false]);
});

test("agreement shows a row that did not converge, and does not count it", () => {
  const { rows, mean } = agreement(["fcn-depth"]);
  expect(rows.map(({ unconverged }) => unconverged)).toEqual([null, expect.any(String)]);
  expect(rows.map(({ rTrain }) => rTrain.difference)).toEqual(["+0.10", "+0.06"]);
  expect(mean.rTrain).toBe("0.10");
});

test("a perfect copy is the baseline of the transition", () => {
  expect(transition("cnn-depth").baseline).toBe(0.19);
});

test("provenance in words", () => {
  expect(provenance(["cnn-depth", "cnn-depth"]).filter(({ key }) => key)).toHaveLength(2);
  expect(provenance(["cnn-depth"])[0]).toMatchObject({
    time: "4 min 12 s",
    data: ["mnist 0123456"],
  });
  expect(sourceLine(["cnn-depth"]).facts).toEqual([
    "drawn stand-ins for MNIST",
    "1 seed",
    "at most 2,000 steps",
    "normalised gradient descent, cap 0.05",
  ]);
});

test("numbers and pictures in words", () => {
  expect(formatValue(0.5, "displayed.rTrain")).toBe("0.50");
  expect(formatValue(0.0423, "training.loss")).toBe("0.042");
  expect(formatValue(7381633, "parameters.total")).toBe("7,381,633");
  expect(formatDifference(0.034)).toBe("+0.03");
  expect(formatDifference(-0.001)).toBe("0.00");
  expect(formatSmall(3.14e-7)).toBe("3.1 × 10⁻⁷");
  expect(pictureLabel({ blend: [train, { ...train, label: 4 }], weights: [0.5, 0.5] })).toBe(
    "blend of 7 and 4",
  );
  expect(tileOffset(1, 13)).toBe("8.333%");
});
