import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { openDatasets } from "../../../src/lab/datasets/index.ts";
import { datasetsOf, resolvePictures } from "../../../src/lab/datasets/picture.ts";
import { openEngine } from "../../../src/lab/engines/engine.ts";
import type { ModelSpec, OptimizerSpec, TrainTask } from "../../../src/lab/experiment.ts";
import { readNpz } from "../../../src/lab/npz.ts";
import type { TrainRecord } from "../../../src/lab/record.ts";
import { train as trainRun } from "../../../src/lab/train.ts";
import { createJob, trainSpec } from "../job.ts";
import { tensorflowAbsent } from "./absent.ts";
import { models, tolerances, train } from "./compare.ts";

const tests: TrainTask["tests"] = [
  { dataset: "mnist", label: 4, rank: 0 },
  { dataset: "fashion-mnist", label: 9, rank: 0 },
  { pattern: "gradient" },
];

/** A run of the gallery in small, on the data at hand. */
async function perform(engine: string, task: TrainTask) {
  const names = datasetsOf(task);
  const datasets = await openDatasets(names, { data: process.env["VITRINE_DATA"] || "drawn" });
  const job = { ...createJob(engine, task), engine, pictures: resolvePictures(task, datasets) };
  const { record, files } = await trainRun(job, task, () => {});
  tf.disposeVariables();
  const outputs = readNpz(files["arrays.npz"]!)["outputs"]!.data as Float32Array;
  return { record: record as TrainRecord, outputs };
}

interface Agreement {
  model: ModelSpec;
  optimizer: OptimizerSpec;
  /** Of the logarithm of the last loss. */
  loss: number;
  /** Of the outputs, root mean square of the difference in units of the outputs' own. */
  outputs: number;
  /** Of the correlations with input and training picture, absolute. */
  r: number;
}

const cnn: ModelSpec = { kind: "cnn", layers: 4, channels: 16, kernel: 5, biases: true };

/** Each several times what was found: rounding, grown over 300 steps. */
const agreements: Agreement[] = [
  {
    model: { kind: "fcn", layers: 3, activation: "relu", width: 256, biases: true },
    optimizer: { kind: "momentum", learningRate: 0.01, momentum: 0.9 },
    loss: 0.1, // what is left of it, 7e-13, is rounding itself
    outputs: 1e-5,
    r: 1e-6,
  },
  {
    model: cnn,
    optimizer: { kind: "momentum", learningRate: 0.01, momentum: 0.9 },
    loss: 1e-3,
    outputs: 5e-3,
    r: 5e-4,
  },
  {
    model: cnn,
    // Short steps: at the gallery's cap rounding grows within 40 of them, between any two engines.
    optimizer: { kind: "ngd", cap: 0.01, lossFraction: 0.02, settling: 0 },
    loss: 0.5,
    outputs: 0.2,
    r: 0.02,
  },
];

describe.skipIf(tensorflowAbsent !== null)("on tensorflow", () => {
  test("training twice gives the same bytes", async () => {
    const run = () => train("tensorflow", models[2]!, tolerances[3]![0], 10);
    const [a, b] = [await run(), await run()];
    expect(a.final).toEqual(b.final);
    expect(a.losses).toEqual(b.losses);
  });

  test.each(agreements)(
    "and on onnx, $model.kind trained by $optimizer.kind is one network",
    async ({ model, optimizer, ...tolerance }) => {
      const base = trainSpec(300, model);
      const task = { ...base, tests, training: { ...base.training, optimizer } };
      const [a, b] = [await perform("onnx", task), await perform("tensorflow", task)];
      expect(a.record.training.loss).toBeLessThan(0.05);
      const ratio = a.record.training.loss! / b.record.training.loss!;
      expect(Math.abs(Math.log(ratio))).toBeLessThan(tolerance.loss);
      let [error, power] = [0, 0];
      a.outputs.forEach((value, i) => {
        error += (value - b.outputs[i]!) ** 2;
        power += value ** 2;
      });
      expect(Math.sqrt(error / power)).toBeLessThan(tolerance.outputs);
      a.record.metrics!.images.forEach((image, i) => {
        const other = b.record.metrics!.images[i]!;
        for (const r of ["rInput", "rTrain"] as const) {
          expect(Math.abs(image[r]! - other[r]!), `${r} of ${image.id}`).toBeLessThan(tolerance.r);
        }
      });
    },
  );

  test("nothing is left over from a step", async () => {
    const engine = await openEngine("tensorflow", { threads: 1 });
    const w = tf.variable(tf.ones([64, 64]));
    const optimizer = tf.train.adam(1e-3);
    const trainer = engine.compile(
      () => optimizer.minimize(() => tf.square(tf.sub(w, 2)).mean(), true) as tf.Scalar,
      { stopBelow: 0 },
    );
    trainer.run(2);
    const before = tf.memory();
    trainer.run(500);
    const after = tf.memory();
    expect(after.numTensors).toBe(before.numTensors);
    expect(after.numBytes).toBe(before.numBytes);
    trainer.dispose();
    tf.disposeVariables();
  });
});
