import * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { openEngine } from "../../../src/lab/engines/engine.ts";
import type { ModelSpec, OptimizerSpec } from "../../../src/lab/experiment.ts";
import { createModel, initialise } from "../../../src/lab/models/model.ts";
import { createOptimizer } from "../../../src/lab/optimizers/optimizer.ts";
import { split } from "../../../src/lab/random.ts";

export const models: ModelSpec[] = [
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
export const tolerances: [OptimizerSpec, Tolerance][] = [
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
}

/** One for which no unit of the networks tested sits so near to ReLU's kink that rounding flips it. */
const seed = 4;

/** Trains a network on one random picture and returns what it became. */
export async function train(
  engineName: string,
  spec: ModelSpec,
  optimizer: OptimizerSpec,
  steps: number,
): Promise<Trained> {
  const engine = await openEngine(engineName, { threads: 1 });
  const model = createModel(spec);
  const initial = initialise(model, seed).flatMap(({ weights, biases }) => [weights, biases!]);
  const shapes = model.shapes.flatMap(({ weights, biases }) => [weights, biases]);
  const variables = initial.map((data, i) => tf.variable(tf.tensor(data.slice(), shapes[i]!)));
  const random = split(seed, "picture");
  const pixels = Float32Array.from({ length: 784 }, () => random.normal());
  const x = tf.tensor(pixels, [1, ...model.inputShape]);
  const step = createOptimizer(optimizer);
  const layers = model.shapes.map((_, i) => ({
    weights: variables[2 * i]!,
    biases: variables[2 * i + 1]!,
  }));
  const trainer = engine.compile(
    () =>
      step(
        () => tf.losses.meanSquaredError(x, model.apply(layers, x).at(-1)!) as tf.Scalar,
        variables,
      ),
    { stopBelow: 0 },
  );
  const losses = trainer.run(steps);
  trainer.sync();
  trainer.dispose();
  const final = variables.map((variable) => Float32Array.from(variable.dataSync()));
  tf.disposeVariables();
  x.dispose();
  return { losses, initial, final };
}

/** Largest difference of the parameters, in units of the largest update of each array. */
export function worstDifference(a: Trained, b: Trained): number {
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
