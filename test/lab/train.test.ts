import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { drawPattern } from "../../src/lab/datasets/patterns.ts";
import { standardise } from "../../src/lab/datasets/scaling.ts";
import type { ModelSpec, TrainingSpec } from "../../src/lab/experiment.ts";
import { measureError } from "../../src/lab/measures/error.ts";
import { readNpz } from "../../src/lab/npz.ts";
import type { TrainRecord } from "../../src/lab/record.ts";
import { train } from "../../src/lab/train.ts";
import { createJob, trainSpec } from "./job.ts";

const picture = (pattern: "disc-crescent" | "gradient") => ({
  id: pattern,
  label: pattern,
  pixels: drawPattern(pattern),
});
const pictures = { train: picture("disc-crescent"), tests: [picture("gradient")], layerTests: [] };

const target = standardise(pictures.train.pixels);

async function perform(model: ModelSpec, training: TrainingSpec) {
  const task = { ...trainSpec(0, model), training };
  const job = { ...createJob("key", task), engine: "onnx", pictures };
  const { record, files } = await train(job, task, () => undefined);
  return { training: (record as TrainRecord).training, files };
}

/** Mean squared error of the training picture, from the outputs kept and from the network kept. */
async function recompute(
  model: ModelSpec,
  files: Record<string, Uint8Array>,
): Promise<[number, number]> {
  const outputs = readNpz(files["arrays.npz"]!)["outputs"]!.data as Float32Array;
  const session = await InferenceSession.create(files["model.onnx"]!);
  const input = new Tensor(target, model.kind === "cnn" ? [1, 28, 28, 1] : [1, 784]);
  const { output } = await session.run({ input });
  return [
    measureError(outputs.subarray(0, target.length), target),
    measureError(output!.data as Float32Array, target),
  ];
}

const swinging = {
  model: { kind: "cnn", layers: 5, channels: 8, kernel: 5, biases: true },
  optimizer: { kind: "ngd", cap: 0.3, lossFraction: 2, settling: 0 },
} as const;
const trained = [
  swinging,
  {
    model: { kind: "fcn", layers: 2, activation: "relu", width: 64, biases: true },
    optimizer: { kind: "momentum", learningRate: 0.01, momentum: 0.9 },
  },
] as const;

test.each([
  [0, false],
  [0.25, true],
])("settling over %d of the steps ends quietly: %s", async (settling, isQuiet) => {
  const { model } = swinging;
  const optimizer = { ...swinging.optimizer, settling };
  const { training } = await perform(model, { optimizer, steps: 200, lossThreshold: 0 });
  const last = training.curve.slice(-5).map(([, loss]) => loss);
  const swing = Math.max(...last, training.loss!) / Math.min(...last, training.loss!);
  expect(swing < 1.5).toBe(isQuiet);
});

describe.each(trained)("a $model.kind under $optimizer.kind", ({ model, optimizer }) => {
  test("the recorded loss is that of the weights kept", async () => {
    const { training, files } = await perform(model, { optimizer, steps: 150, lossThreshold: 0 });
    const [fromOutputs, fromNetwork] = await recompute(model, files);
    expect(training.loss).toBe(fromOutputs);
    // Another form of convolution, summed in another order.
    expect(Math.abs(fromNetwork / training.loss! - 1)).toBeLessThan(1e-3);
  });

  test("training stops when the weights kept are good enough, not those before them", async () => {
    const threshold = 0.1;
    const spec = { optimizer, steps: 2000, lossThreshold: threshold };
    const { training, files } = await perform(model, spec);
    expect(training.stoppedBy).toBe("loss");
    expect(training.steps).toBeLessThan(2000);
    expect((await recompute(model, files))[1]).toBeLessThan(threshold);
  });
});
