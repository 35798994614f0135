import {
  addN,
  div,
  minimum,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  variable as createVariable,
  variableGrads,
} from "@tensorflow/tfjs-core";
import type { OptimizerStep } from "./optimizer.ts";
import type { Optimizer } from "./options.ts";

/**
 * Gradient descent along −g/‖g‖, g over all parameters, by steps of length
 * min(lossFraction · loss / ‖g‖, cap). The first is a fraction of the way to zero loss along the
 * tangent; the cap rules in flat regions, so that depth does not slow the start. Steps of such
 * lengths swing about the minimum, and the last one may end high up; so they are shortened, evenly
 * down to nothing, over the last share `settling` of the steps.
 * @param steps how many there will be at most; Infinity shortens none.
 */
export function normalisedGradientDescent(
  { cap, lossFraction, settling }: Extract<Optimizer, { kind: "ngd" }>,
  steps: number,
): OptimizerStep {
  const shorten = steps === Infinity || settling === 0 ? null : settle(steps, settling);
  return (loss, variables) => {
    const { value, grads } = variableGrads(loss, variables);
    const gradients = variables.map((variable) => grads[variable.name] as Tensor);
    const norm = sqrt(addN(gradients.map((gradient) => sum(square(gradient)))));
    const length = minimum(div(mul(value, lossFraction), norm), cap);
    const rate = div(shorten ? shorten(length) : length, norm);
    variables.forEach((variable, i) => {
      variable.assign(sub(variable, mul(gradients[i]!, rate)));
    });
    return value;
  };
}

/** A factor of 1 that falls evenly to nothing over the last `share` of the steps. */
function settle(steps: number, share: number): (length: Tensor) => Tensor {
  const left = createVariable(scalar(steps));
  return (length) => {
    const factor = minimum(div(left, steps * share), 1);
    left.assign(sub(left, 1));
    return mul(length, factor);
  };
}
