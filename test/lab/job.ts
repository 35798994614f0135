import type { RunSpec } from "../../src/lab/experiment.ts";
import type { Job, RunOutput, TrainRecord } from "../../src/lab/record.ts";
import { schemaVersion } from "../../src/lab/record.ts";

const seven = { dataset: "mnist" as const, label: 7, rank: 0 };

/** A linear network of one layer, unless said otherwise. */
export const trainSpec = (
  steps = 2,
  model: Extract<RunSpec, { task: "train" }>["model"] = {
    kind: "fcn",
    layers: 1,
    activation: "linear",
    width: 784,
    biases: true,
  },
): Extract<RunSpec, { task: "train" }> => ({
  task: "train",
  train: seven,
  tests: [{ pattern: "gradient" }],
  layerTests: [],
  model,
  training: { optimizer: { kind: "sgd", learningRate: 0.1 }, steps, lossThreshold: 0 },
  seed: 1,
});

export const parametersSpec: RunSpec = {
  task: "parameters",
  models: [{ kind: "cnn", layers: 2, channels: 4, kernel: 3, biases: true }],
};

export const createJob = (key: string, spec: RunSpec = parametersSpec): Job => ({
  key,
  name: `study/${key}`,
  spec,
  pictures: null,
  datasets: [],
  codeHash: "c0de",
  engine: "cpu",
  threads: 1,
});

const provenance = {
  engine: "none",
  versions: {},
  datasets: [],
  codeHash: "c0de",
  seed: null,
  started: "2024-01-01T00:00:00.000Z",
  seconds: 1,
  threads: 1,
  cpu: "none",
};

/** A training record; `reason` makes it diverged. */
const trainRecord = (reason: string | null): TrainRecord => ({
  task: "train",
  training: {
    steps: 2,
    loss: reason ? null : 0.25,
    curve: [[1, 0.5]],
    stoppedBy: reason ? "diverged" : "steps",
    reason,
  },
  metrics: null,
  parameters: { total: 0, layers: [] },
});

/** What a run might yield, without running it. */
export function createOutput(
  key: string,
  options: { reason?: string; spec?: RunSpec } = {},
): RunOutput {
  const { reason = null, spec = trainSpec() } = options;
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(`${text} of ${key}`);
  return {
    record: { ...trainRecord(reason), schema: schemaVersion, key, spec, provenance },
    files: {
      "inputs.png": bytes("inputs"),
      "predictions.png": bytes("predictions"),
      "layers.png": bytes("layers"),
      "arrays.npz": bytes("arrays"),
      "model.onnx": bytes("weights"),
    },
  };
}
