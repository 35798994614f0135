import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ModelSpec } from "../src/lab/experiment.ts";
import { reproduction } from "../src/convergence.ts";
import { countParameters, createModel } from "../src/lab/models/model.ts";
import { resultsOf, runIndex } from "../src/results.ts";

const article = readFileSync("src/content/articles/inductive-bias.mdx", "utf8");

/** Parameters without biases, as the article counts them. */
function weights(spec: ModelSpec): number {
  return countParameters(createModel({ ...spec, biases: false })).total;
}
const cnn = (layers: number, channels = 128): ModelSpec => ({
  kind: "cnn",
  layers,
  channels,
  kernel: 5,
  biases: true,
});
const fcn = (layers: number): ModelSpec => ({
  kind: "fcn",
  layers,
  activation: "linear",
  width: 784,
  biases: true,
});

test.each([
  ["78,694,400", cnn(5, 1024)],
  ["3,687,936", fcn(6)],
  ["2,873,600", cnn(9)],
  ["3,692,800", cnn(11)],
  ["7,379,200", cnn(20)],
  ["51,200", cnn(2, 1024)],
  ["26,265,600", cnn(3, 1024)],
  ["52,480,000", cnn(4, 1024)],
])("the article's %s is what the model code counts", (number, spec) => {
  expect(article).toContain(number);
  expect(weights(spec).toLocaleString("en-US")).toBe(number);
});

test("the article says what counts as converged", () => {
  const { leastR, mostMse } = reproduction;
  const words = `correlation of at least ${leastR} and a mean squared error below ${mostMse}`;
  expect(article.replace(/\s+/g, " ")).toContain(words);
});

/** Sentences about trained networks hold for full training on real pictures, not for a quick look. */
const isFull =
  existsSync(join(process.env["VITRINE_PUBLIC"] ?? "public", "runs", "index.json")) &&
  runIndex().profile === "default" &&
  runIndex().datasets.every(({ source }) => source !== "drawn");

describe.skipIf(!isFull)("what the article says of the trained networks", () => {
  const metrics = (experiment: string, run: string) => {
    const row = resultsOf("train", experiment).rows.find(({ name }) => name === run)!;
    expect(row.converged, `${run} reproduces its training picture`).toBe(true);
    return row.record!.metrics!.displayed;
  };
  const mean = (experiment: string, run: string) => metrics(experiment, run).mean;

  test("one linear layer answers with noise", () => {
    expect(mean("fcn-depth", "fcn-1-linear").rInput).toBeLessThan(0.3);
    expect(mean("fcn-depth", "fcn-1-linear").rTrain).toBeLessThan(0.3);
  });

  test("the 7 stands out more with two layers, more clearly with ReLU", () => {
    const [one, two, relu] = ["fcn-1-linear", "fcn-2-linear", "fcn-2-relu"].map(
      (run) => mean("fcn-depth", run).rTrain!,
    );
    expect(two).toBeGreaterThan(one!);
    expect(relu).toBeGreaterThan(two!);
  });

  test("six ReLU layers draw the 7 whatever is shown", () => {
    for (const image of metrics("fcn-depth", "fcn-6-relu").images) {
      expect(image.rTrain, image.label).toBeGreaterThan(0.95);
    }
  });

  test.each(["cnn-1", "cnn-3", "cnn-5"])("%s copies", (run) => {
    expect(mean("cnn-depth", run).rInput).toBeGreaterThan(0.85);
  });

  test("one convolution copies nearly perfectly", () => {
    expect(mean("cnn-depth", "cnn-1").rInput).toBeGreaterThan(0.98);
  });

  test("fourteen layers lie between copying and the constant", () => {
    const { rInput, rTrain } = mean("cnn-depth", "cnn-14");
    expect(rInput).toBeLessThan(mean("cnn-depth", "cnn-5").rInput!);
    expect(rTrain).toBeLessThan(mean("cnn-depth", "cnn-20").rTrain!);
  });

  test("twenty layers draw the 7 for every test, and the curves cross", () => {
    for (const image of metrics("cnn-depth", "cnn-20").images) {
      expect(image.rTrain, image.label).toBeGreaterThan(0.9);
    }
    expect(mean("cnn-depth", "cnn-1").rInput).toBeGreaterThan(mean("cnn-depth", "cnn-1").rTrain!);
    expect(mean("cnn-depth", "cnn-20").rInput).toBeLessThan(mean("cnn-depth", "cnn-20").rTrain!);
  });

  test("bias and variance trade off inside the range of degrees", () => {
    const { record } = resultsOf("bias-variance", "bias-variance").rows[0]!;
    expect(record!.optimum).toBeGreaterThan(0);
    expect(record!.optimum).toBeLessThan(record!.curve.at(-1)!.degree);
  });
});
