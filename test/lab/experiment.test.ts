import { describe, expect, test } from "vitest";
import bias from "../../experiments/bias-variance.ts";
import cnnDepth from "../../experiments/cnn-depth.ts";
import cnnLayers from "../../experiments/cnn-layers.ts";
import fcnDepth from "../../experiments/fcn-depth.ts";
import counts from "../../experiments/parameter-counts.ts";
import {
  defineExperiment,
  digit,
  type ExperimentConfig,
  garment,
  type TrainTask,
} from "../../src/lab/experiment.ts";
import { rowLabels } from "../../src/views/words.ts";

const model = { kind: "cnn", layers: 5 };
const training = { optimizer: { kind: "ngd", cap: 0.05 }, steps: 500, lossThreshold: 1e-4 };
const config = {
  title: "a study",
  train: digit(7),
  tests: [digit(3)],
  runs: [{ model }] as object[],
  training,
};

/** Declares what the types may not allow: Node strips them, so that nothing else stands guard. */
const declare = (changes: object) =>
  defineExperiment("study", { ...config, ...changes } as ExperimentConfig);

const messageOf = (changes: object): string[] => {
  try {
    declare(changes);
  } catch (error) {
    expect(error).toMatchObject({ name: "UserError" });
    return (error as Error).message.split("\n");
  }
  return [];
};

describe("a mistake is answered by its path and what is valid there", () => {
  const inModel = (changes: object) => ({ runs: [{ model: { ...model, ...changes } }] });
  const inTraining = (optimizer: object) => ({ training: { ...training, optimizer } });
  const inTest = (picture: object) => ({ tests: [digit(3), picture] });

  test.each<[string, object]>([
    ["runs[0].model.kernel: must be odd", inModel({ kernel: 4 })],
    ["runs[0].model.kernel[1]: must be odd", inModel({ kernel: [3, 4] })],
    ["runs[0].model.layers[1]: expected int, received number", inModel({ layers: [2, 2.5] })],
    ["runs[0].model.layers: is missing", inModel({ layers: undefined })],
    ["runs[0].model: unknown key “layres”; did you mean “layers”?", inModel({ layres: 3 })],
    [
      "runs[0].model: unknown key “activation”; known: kind, layers, channels, kernel, biases",
      inModel({ activation: "relu" }),
    ],
    ["runs[0].model.kind: unknown “cnnn”; did you mean “cnn”?", inModel({ kind: "cnnn" })],
    ["runs[0].model.kind: is missing; known: fcn, cnn", inModel({ kind: undefined })],
    [
      "runs[0].training: unknown key “step”; did you mean “steps”?",
      { runs: [{ model, training: { step: 3 } }] },
    ],
    [
      "training.optimizer: unknown key “cap”; known: kind, learningRate",
      inTraining({ kind: "adam", learningRate: 0.1, cap: 1 }),
    ],
    [
      "training.optimizer: unknown key “learningrat”; did you mean “learningRate”?",
      inTraining({ kind: "sgd", learningrat: 1 }),
    ],
    ["training.optimizer.kind: unknown “adm”; did you mean “adam”?", inTraining({ kind: "adm" })],
    [
      "tests[1]: unknown key “lable”; did you mean “label”?",
      inTest({ dataset: "mnist", lable: 3, rank: 0 }),
    ],
    ["tests[1]: unknown key “patern”; did you mean “pattern”?", inTest({ patern: "gradient" })],
    [
      "tests[1].pattern: unknown “gradeint”; did you mean “gradient”?",
      inTest({ pattern: "gradeint" }),
    ],
    [
      "tests[1]: unknown key “weight”; did you mean “weights”?",
      inTest({ blend: [digit(3), digit(4)], weight: [0.5, 0.5] }),
    ],
    ["the experiment: unknown key “trian”; did you mean “train”?", { trian: digit(7) }],
    ["tests: is missing", { tests: undefined }],
  ])("%s", (message, changes) => {
    expect(messageOf(changes)).toContain(message);
  });

  test("an even kernel is the only thing that is said", () => {
    expect(messageOf(inModel({ kernel: 4 }))).toHaveLength(2);
  });

  test("a misspelt garment", () => {
    expect(() => garment("ankel boot" as "ankle boot")).toThrow("did you mean “ankle boot”?");
  });
});

describe("runs are named and labelled by what tells them apart", () => {
  const named = (runs: object[], changes = {}) => {
    const study = declare({ ...changes, runs });
    const labels = rowLabels(study.runs.map(({ spec }) => spec as TrainTask));
    return study.runs.map(({ name }, i) => [name, labels[i]]);
  };
  const fcn = { kind: "fcn", layers: 2, activation: "relu", width: 784 };
  const adam = (learningRate: number) => ({ optimizer: { kind: "adam", learningRate } });

  test("kernels and channels", () => {
    expect(
      named([{ model: { ...model, kernel: [3, 5] } }, { model: { ...model, layers: 7 } }]),
    ).toEqual([
      ["cnn-5-3x3", "5 layers, kernel 3\u00a0×\u00a03"],
      ["cnn-5", "5 layers, kernel 5\u00a0×\u00a05"],
      ["cnn-7", "7 layers"],
    ]);
    expect(named([{ model: { ...model, channels: [16, 128] } }])).toEqual([
      ["cnn-5-16-channels", "5 layers, 16 channels"],
      ["cnn-5", "5 layers, 128 channels"],
    ]);
  });

  test("widths and biases", () => {
    expect(
      named([
        { model: { ...fcn, width: [64, 1024] } },
        { model: { ...fcn, width: 64, biases: false } },
      ]),
    ).toEqual([
      ["fcn-2-relu-width-64-biases", "2 layers, ReLU, width 64, with biases"],
      ["fcn-2-relu-width-1024", "2 layers, ReLU, width 1,024"],
      ["fcn-2-relu-width-64-no-biases", "2 layers, ReLU, width 64, without biases"],
    ]);
  });

  test("optimizers, their settings, steps and seeds", () => {
    expect(
      named([
        { model },
        { model, training: adam(0.01) },
        { model, training: adam(0.1) },
        { model, training: { steps: 9 } },
        { model, training: { steps: 0 } },
      ]),
    ).toEqual([
      ["cnn-5-ngd-steps-500", "5 layers, trained, ngd, 500 steps"],
      ["cnn-5-adam-learningRate-0.01", "5 layers, trained, adam, learningRate 0.01"],
      ["cnn-5-adam-learningRate-0.1", "5 layers, trained, adam, learningRate 0.1"],
      ["cnn-5-ngd-steps-9", "5 layers, trained, ngd, 9 steps"],
      ["cnn-5-untrained", "5 layers, untrained"],
    ]);
    expect(named([{ model }], { seeds: [1, 2] })).toEqual([
      ["cnn-5-seed-1", "5 layers, seed 1"],
      ["cnn-5-seed-2", "5 layers, seed 2"],
    ]);
  });

  test("the same run twice is refused", () => {
    expect(() => named([{ model }, { model }])).toThrow("declares the run “cnn-5” twice");
  });

  test("where depth alone varies, depth alone is named", () => {
    const names = [bias, cnnDepth, cnnLayers, fcnDepth, counts].map(({ runs }) =>
      runs.map(({ name }) => name).join(" "),
    );
    expect(names).toEqual([
      "bias-variance",
      [1, 3, 5, 7, 9, 11, 12, 14, 15, 16, 18, 19, 20].map((layers) => `cnn-${layers}`).join(" "),
      "cnn-20-untrained cnn-7 cnn-14 cnn-20",
      "fcn-1-linear fcn-2-linear fcn-2-relu fcn-6-linear fcn-6-relu",
      "parameters",
    ]);
  });
});

test("a run's own training keeps what it does not name of the common one", () => {
  const { runs } = declare({ runs: [{ model, training: { steps: 9 } }] });
  expect(runs[0]!.spec).toMatchObject({ training: { ...training, steps: 9 } });
});
