import type { Optimizer } from "../src/lab/optimizers/options.ts";
import { cnn, createNetwork, fcn, type NetworkSpec, side } from "./networks.ts";

/** What is timed: plain JSON, sent as it is to the processes that compute. */
export type Case =
  | { name: string; kind: "training"; model: NetworkSpec; optimizer: Optimizer }
  | { name: string; kind: "inference"; model: NetworkSpec; images: number }
  /** Repeated product of two square matrices of this many rows: the peak that others are held to. */
  | { name: string; kind: "sgemm"; size: number };

/** Rates so small that nothing converges, diverges or falls into denormal numbers meanwhile. */
const optimizers: Optimizer[] = [
  { kind: "sgd", learningRate: 1e-4 },
  { kind: "momentum", learningRate: 1e-5, momentum: 0.9 },
  { kind: "adam", learningRate: 1e-5 },
  { kind: "ngd", cap: 1e-3, lossFraction: 0.5, settling: 0 },
];

const models: Record<string, NetworkSpec> = {
  "cnn-5": cnn(5),
  "cnn-7": cnn(7),
  "cnn-14": cnn(14),
  "cnn-20": cnn(20),
  "fcn-linear-6": fcn(6, "linear", 784),
  "fcn-relu-3": fcn(3, "relu", 2048),
  "fcn-relu-6": fcn(6, "relu", 2048),
};

/** Pictures that the gallery predicts at a time: the training picture and twelve test pictures. */
const shown = 13;

export const sgemm: Case = { name: "sgemm", kind: "sgemm", size: 1536 };

/** All cases, e.g. "cnn-20/adam"; the peak first. */
export const cases: Case[] = [
  sgemm,
  ...Object.entries(models).flatMap(([name, model]) =>
    optimizers.map((optimizer): Case => {
      return { name: `${name}/${optimizer.kind}`, kind: "training", model, optimizer };
    }),
  ),
  ...[7, 20].map((layers): Case => {
    const name = `cnn-${layers}/inference`;
    return { name, kind: "inference", model: cnn(layers), images: shown };
  }),
];

/** What --quick measures where --case chooses nothing. */
export const quickCases = /^(cnn-5\/(sgd|adam)|cnn-20\/ngd|fcn-(linear-6|relu-3)\/(sgd|adam))$/;

/**
 * Floating-point operations of one step, by the plain algorithm: a multiplication and an addition
 * per weight and position, once forward and twice backward (weights and inputs; the first layer's
 * inputs need no gradient). Optimizers, biases and activations do not count, and an algorithm that
 * needs fewer multiplications is credited with all of these.
 */
export function flopsOf(measured: Case): number {
  if (measured.kind === "sgemm") return 2 * measured.size ** 3;
  const { shapes } = createNetwork(measured.model);
  const positions = measured.model.kind === "cnn" ? side ** 2 : 1;
  const layers = shapes.map(({ weights }) => 2 * positions * weights.reduce((a, b) => a * b, 1));
  const forward = layers.reduce((a, b) => a + b, 0);
  return measured.kind === "training" ? 3 * forward - layers[0]! : measured.images * forward;
}
