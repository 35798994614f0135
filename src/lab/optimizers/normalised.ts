import {
  addN,
  div,
  minimum,
  mul,
  type Scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Variable,
  variableGrads,
} from "@tensorflow/tfjs-core";

/**
 * Gradient descent along −g/‖g‖, g over all parameters, by steps of length
 * min(lossFraction · loss / ‖g‖, cap). The first is a fraction of the way to zero loss along the
 * tangent; the cap rules in flat regions, so that depth does not slow the start.
 */
export function normalisedGradientDescent(cap: number, lossFraction: number) {
  return (loss: () => Scalar, variables: Variable[]): Scalar => {
    const { value, grads } = variableGrads(loss, variables);
    const gradients = variables.map((variable) => grads[variable.name] as Tensor);
    const norm = sqrt(addN(gradients.map((gradient) => sum(square(gradient)))));
    const length = minimum(div(mul(value, lossFraction), norm), cap);
    const rate = div(length, norm);
    variables.forEach((variable, i) => {
      variable.assign(sub(variable, mul(gradients[i]!, rate)));
    });
    return value;
  };
}
