import * as tf from "@tensorflow/tfjs-core";
import { openEngine } from "../../../src/lab/engines/engine.ts";
import type { ModelSpec, OptimizerSpec } from "../../../src/lab/experiment.ts";
import { createModel, initialise } from "../../../src/lab/models/model.ts";
import { createOptimizer } from "../../../src/lab/optimizers/optimizer.ts";
import { split } from "../../../src/lab/random.ts";

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
