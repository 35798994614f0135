import type { ModelSpec, OptimizerSpec } from "../experiment.ts";
import type { EngineName } from "./engine.ts";

/** Engines of which --engine auto picks one: the others are forms of these, or a reference. */
export const comparable = ["onnx", "tensorflow"] as const satisfies readonly EngineName[];
export type ComparableEngine = (typeof comparable)[number];

export interface Measured {
  model: ModelSpec;
  optimizer: OptimizerSpec["kind"];
  /** Milliseconds per finished step, a process of one thread on every core. */
  msPerStep: Record<ComparableEngine, number>;
}

/** The networks that are measured; `npm run bench` times the same. */
export const cnn = (layers: number): ModelSpec => ({
  kind: "cnn",
  layers,
  channels: 128,
  kernel: 5,
  biases: true,
});

export const fcn = (layers: number, activation: "linear" | "relu", width: number): ModelSpec => ({
  kind: "fcn",
  layers,
  activation,
  width,
  biases: true,
});

/**
 * Medians of `npm run bench -- --engines onnx,tensorflow`, rows “2 × 1 thread”: two cores of an AMD
 * EPYC (Zen 4, AVX-512), ONNX Runtime 1.30.0, libtensorflow 2.21.0, Node 22.
 */
export const measured: readonly Measured[] = [
  { model: cnn(5), optimizer: "sgd", msPerStep: { onnx: 12.2, tensorflow: 33.8 } },
  { model: cnn(5), optimizer: "momentum", msPerStep: { onnx: 13.6, tensorflow: 33.2 } },
  { model: cnn(5), optimizer: "adam", msPerStep: { onnx: 14.1, tensorflow: 38.8 } },
  { model: cnn(5), optimizer: "ngd", msPerStep: { onnx: 11.6, tensorflow: 33.9 } },
  { model: cnn(20), optimizer: "sgd", msPerStep: { onnx: 70.8, tensorflow: 184 } },
  { model: cnn(20), optimizer: "momentum", msPerStep: { onnx: 72.5, tensorflow: 184 } },
  { model: cnn(20), optimizer: "adam", msPerStep: { onnx: 84.8, tensorflow: 198 } },
  { model: cnn(20), optimizer: "ngd", msPerStep: { onnx: 74.1, tensorflow: 191 } },
  { model: fcn(6, "linear", 784), optimizer: "sgd", msPerStep: { onnx: 1.34, tensorflow: 5.62 } },
  {
    model: fcn(6, "linear", 784),
    optimizer: "momentum",
    msPerStep: { onnx: 2.02, tensorflow: 7.89 },
  },
  { model: fcn(6, "linear", 784), optimizer: "adam", msPerStep: { onnx: 2.92, tensorflow: 17.6 } },
  { model: fcn(6, "linear", 784), optimizer: "ngd", msPerStep: { onnx: 1.21, tensorflow: 7.7 } },
  { model: fcn(3, "relu", 2048), optimizer: "sgd", msPerStep: { onnx: 2.76, tensorflow: 10 } },
  {
    model: fcn(3, "relu", 2048),
    optimizer: "momentum",
    msPerStep: { onnx: 4.14, tensorflow: 15.8 },
  },
  { model: fcn(3, "relu", 2048), optimizer: "adam", msPerStep: { onnx: 5.57, tensorflow: 37.2 } },
  { model: fcn(3, "relu", 2048), optimizer: "ngd", msPerStep: { onnx: 3.13, tensorflow: 16.2 } },
  { model: fcn(6, "relu", 2048), optimizer: "sgd", msPerStep: { onnx: 9.18, tensorflow: 34.5 } },
  {
    model: fcn(6, "relu", 2048),
    optimizer: "momentum",
    msPerStep: { onnx: 10.9, tensorflow: 46.9 },
  },
];
