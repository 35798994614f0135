import type { ModelSpec, RunSpec } from "./experiment.ts";

/** Version of the record's layout; part of every key. */
export const schemaVersion = 2;

/** A picture resolved to pixels, rows from the top, in [0, 1]. */
export interface Picture {
  /** Unique among the pictures of a run, e.g. "mnist-4-1", "blend-mnist-7-0-mnist-4-0", "pattern-gradient". */
  id: string;
  /** In words, e.g. "digit 4", "ankle boot", "blend of 7 and 4", "thin stripes". */
  label: string;
  /** [784], in [0, 1]. */
  pixels: Float32Array;
}

/** The pictures one training run reads. */
export interface Pictures {
  train: Picture;
  tests: Picture[];
  layerTests: Picture[];
}

export interface DatasetProvenance {
  /** e.g. "mnist", "fashion-mnist"; the name the experiment asked for. */
  name: string;
  /** Where the pixels came from; "drawn" is the built-in stand-in. */
  source: "directory" | "cache" | "download" | "drawn";
  /** SHA-256 of the uncompressed image file, or of the drawn pixels. */
  sha256: string;
}

export interface Provenance {
  /** Engine id, e.g. "onnx-winograd". */
  engine: string;
  /** Packages that compute: name → version, node included. */
  versions: Record<string, string>;
  datasets: DatasetProvenance[];
  /** SHA-256 of the bundled code that ran. */
  codeHash: string;
  seed: number | null;
  /** ISO 8601, UTC. */
  started: string;
  seconds: number;
  threads: number;
  cpu: string;
}

export interface LayerParameters {
  /** e.g. "layer 1". */
  name: string;
  weights: number;
  biases: number;
}

export interface ParameterCount {
  /** Weights and biases of all layers. */
  total: number;
  layers: LayerParameters[];
}

/** Measures of one output, or their means. Correlations are over the 784 pixels; null where undefined (constant output). */
export interface Measures {
  /** Pearson correlation of output and input. */
  rInput: number | null;
  /** Pearson correlation of output and training picture. */
  rTrain: number | null;
  /** Regression slope of the centred output on the centred training picture: ⟨y−ȳ, x̂−x̂̄⟩ / ‖x̂−x̂̄‖². */
  gain: number;
  /** Mean squared error of output against input. */
  mse: number;
}

export interface ImageMeasures extends Measures {
  id: string;
  label: string;
}

export interface MeasureTable {
  /** The training picture first, then the tests in order. */
  images: ImageMeasures[];
  /** Means over the tests, without the training picture; undefined correlations are left out. */
  mean: Measures;
}

export interface TrainRecord {
  task: "train";
  training: {
    /** Optimizer steps made. */
    steps: number;
    /**
     * Mean squared error, on standardised pixels, of the training picture under the weights that
     * are kept: metrics.images[0].mse. Null if diverged or untrained.
     */
    loss: number | null;
    /**
     * [step, loss before that step], thinned to at most 400 points; the first and the last are kept.
     * Its weights are those on the way, so its end may differ from `loss`.
     */
    curve: [number, number][];
    stoppedBy: "loss" | "steps" | "diverged";
    /** Why, where stoppedBy is "diverged", e.g. "loss became NaN at step 41". */
    reason: string | null;
  };
  /** Null where the run diverged. On standardised pixels, unclipped; `displayed` on pixels clipped to [0, 1] as shown. */
  metrics: (MeasureTable & { displayed: MeasureTable }) | null;
  parameters: ParameterCount;
}

export interface ParametersRecord {
  task: "parameters";
  /** In the order of the spec's models. */
  counts: { model: ModelSpec; parameters: ParameterCount }[];
}

export interface BiasVarianceRecord {
  task: "bias-variance";
  /** By polynomial degree; errors are means over x, in units of y². `noise` is the irreducible variance, not in total. */
  curve: { degree: number; biasSquared: number; variance: number; total: number }[];
  /** Degree with the least total error. */
  optimum: number;
}

export type TaskRecord = TrainRecord | ParametersRecord | BiasVarianceRecord;

/** results/<key>/run.json */
export type RunRecord<T extends TaskRecord = TaskRecord> = T & {
  schema: typeof schemaVersion;
  key: string;
  spec: RunSpec;
  provenance: Provenance;
  /** Other files of the run: name → SHA-256 and size. */
  files: Record<string, { sha256: string; bytes: number }>;
};

/** Everything a worker needs for one run; survives structured clone. */
export interface Job {
  key: string;
  /** e.g. "cnn-depth/cnn-20", for people. */
  name: string;
  spec: RunSpec;
  pictures: Pictures | null;
  datasets: DatasetProvenance[];
  codeHash: string;
  engine: string;
  threads: number;
}

/** What run() makes; the store adds checksums and writes. */
export interface RunOutput {
  record: Omit<RunRecord, "files">;
  /** e.g. inputs.png, predictions.png, layers.png, arrays.npz, model.onnx */
  files: Record<string, Uint8Array>;
}

export interface Progress {
  step: number;
  steps: number;
  loss: number;
}

/** public/runs/index.json: what the site may show. */
export interface RunIndex {
  schema: typeof schemaVersion;
  profile: string;
  engine: string;
  /** Data sets read by any run. */
  datasets: DatasetProvenance[];
  experiments: {
    id: string;
    title: string;
    runs: {
      name: string;
      /** Null where there is no result. */
      key: string | null;
      status: "done" | "diverged" | "missing";
      /** Why, for "diverged" and "missing". */
      reason: string | null;
      spec: RunSpec;
    }[];
  }[];
}
