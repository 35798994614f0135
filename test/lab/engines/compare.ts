import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { createNetwork, type NetworkSpec } from "../../../bench/networks.ts";
import { openEngine } from "../../../src/lab/engines/engine.ts";
import { createVariables, initialise, listParameters } from "../../../src/lab/networks/network.ts";
import { createOptimizer } from "../../../src/lab/optimizers/optimizer.ts";
import type { Optimizer } from "../../../src/lab/optimizers/options.ts";
import { split } from "../../../src/lab/random.ts";

export const models: NetworkSpec[] = [
  { kind: "fcn", layers: 3, activation: "linear", width: 32, biases: true },
  { kind: "fcn", layers: 3, activation: "relu", width: 32, biases: true },
  { kind: "cnn", layers: 4, channels: 16, kernel: 5, biases: true },
  { kind: "cnn", layers: 3, channels: 16, kernel: 3, biases: true },
];

interface Tolerance {
  /** Sums of the same products in another order: im2col, and libtensorflow. */
  direct: number;
  winograd: number;
}

/** Rounding of weights and sums, in units of the largest update after five steps. */
export const tolerances: [Optimizer, Tolerance][] = [
  [
    { kind: "sgd", learningRate: 0.1 },
    { direct: 1e-4, winograd: 1e-4 },
  ],
  [
    { kind: "momentum", learningRate: 0.1, momentum: 0.9 },
    { direct: 1e-5, winograd: 5e-5 },
  ],
  // Adam divides by the gradient's size: where that is rounding, so is the update.
  [
    { kind: "adam", learningRate: 0.001 },
    { direct: 5e-4, winograd: 1e-2 },
  ],
  [
    { kind: "ngd", cap: 0.05, lossFraction: 0.5, settling: 0 },
    { direct: 2e-5, winograd: 5e-5 },
  ],
];

export interface Trained {
  losses: Float32Array;
  initial: Float32Array[];
  final: Float32Array[];
  /** To the pictures that it was not trained on, [n · 784]. */
  answers: Float32Array;
}

/** One for which no unit of the networks tested sits so near to ReLU's kink that rounding flips it. */
const seed = 4;

const noise = (name: string, count: number): Float32Array => {
  const random = split(seed, name);
  return Float32Array.from({ length: count * 784 }, () => random.normal());
};

/** What is trained on and shown: [784] and [n · 784]. */
export interface Given {
  /** Of the initial weights. */
  seed: number;
  training: Float32Array;
  others: Float32Array;
}

const random: Given = { seed, training: noise("picture", 1), others: noise("others", 3) };

/** Trains a network on one picture and returns what it became. */
export async function train(
  engineName: string,
  spec: NetworkSpec,
  optimizer: Optimizer,
  steps: number,
  given = random,
): Promise<Trained> {
  const engine = await openEngine(engineName, { threads: 1 });
  const network = createNetwork(spec);
  const initial = initialise(network, given.seed);
  const layers = createVariables(network, initial);
  const variables = listParameters(layers);
  const [x, others] = [given.training, given.others].map((pixels) =>
    tf.tensor(pixels, [pixels.length / 784, ...network.inputShape]),
  );
  const step = createOptimizer(optimizer);
  const error = () =>
    tf.losses.meanSquaredError(x!, network.apply(layers, x!).at(-1)!) as tf.Scalar;
  const trainer = engine.compile(() => step(error, variables), { stopBelow: 0 });
  const losses = trainer.run(steps);
  trainer.sync();
  trainer.dispose();
  const final = variables.map((variable) => Float32Array.from(variable.dataSync()));
  const [answers] = engine.evaluate(() => [network.apply(layers, others!).at(-1)!]);
  tf.disposeVariables();
  tf.dispose([x!, others!]);
  return { losses, initial: listParameters(initial), final, answers: answers! };
}

/** Largest difference of the parameters, in units of the largest update of each array. */
function worstDifference(a: Trained, b: Trained): number {
  const ratios = a.final.map((values, i) => {
    let difference = 0;
    let update = 0;
    values.forEach((value, j) => {
      difference = Math.max(difference, Math.abs(value - b.final[i]![j]!));
      update = Math.max(update, Math.abs(b.final[i]![j]! - b.initial[i]![j]!));
    });
    return difference / Math.max(update, 1e-30);
  });
  return Math.max(...ratios);
}

/**
 * Asserts that two engines went the same way.
 * @param tolerance of the parameters, as worstDifference() measures it.
 */
export function expectSame(result: Trained, reference: Trained, tolerance: number): void {
  expect(worstDifference(result, reference)).toBeLessThan(tolerance);
  expect(result.losses.length).toBe(reference.losses.length);
  result.losses.forEach((loss, i) => {
    const error = Math.abs(loss / reference.losses[i]! - 1);
    expect(error, `loss ${i}`).toBeLessThan(2e-5); // fp32 rounding of a mean of squares
  });
}
