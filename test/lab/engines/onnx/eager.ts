import * as tf from "@tensorflow/tfjs-core";
import { jit, type Program } from "../../../../src/lab/engines/onnx/index.ts";

/** Makes a program of a step without inputs; what a test does with it must not depend on how. */
export type Compile = (step: () => tf.Tensor) => Program;

export const compiled: Compile = (step) => jit(step);

/** What a program stands for: the step called by TF.js itself, on the active backend. */
export const eager: Compile = (step) => ({
  run: (steps) => {
    const results = Array.from({ length: steps }, () => tf.tidy(() => step().dataSync().slice()));
    return [Float32Array.from(results.flatMap((values) => [...values]))];
  },
  sync: () => undefined,
  dispose: () => undefined,
});
