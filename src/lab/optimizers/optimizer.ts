import {
  type NamedTensorMap,
  type Scalar,
  train,
  type Variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
import { normalisedGradientDescent } from "./normalised.ts";
import type { Optimizer } from "./options.ts";

/** One step: computes the loss, changes the variables, returns the loss before the change. */
export type OptimizerStep = (loss: () => Scalar, variables: Variable[]) => Scalar;

/** @param steps how many will be made at most, for a rule that settles towards the end. */
export function createOptimizer(spec: Optimizer, steps = Infinity): OptimizerStep {
  if (spec.kind === "ngd") return normalisedGradientDescent(spec, steps);
  const optimizer =
    spec.kind === "sgd"
      ? train.sgd(spec.learningRate)
      : spec.kind === "momentum"
        ? train.momentum(spec.learningRate, spec.momentum)
        : train.adam(spec.learningRate);
  return (loss, variables) => {
    const { value, grads } = variableGrads(loss, variables);
    // Typed as variables by mistake: what is applied are gradients by variable name.
    optimizer.applyGradients(grads as NamedTensorMap as Record<string, Variable>);
    return value;
  };
}
