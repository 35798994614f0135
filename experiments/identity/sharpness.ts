import {
  add,
  addN,
  div,
  grads,
  mul,
  type Scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from "@tensorflow/tfjs-core";
import { type Layer, listParameters } from "#lab/networks/network";
import { split } from "#lab/random";
import { type Code, stopped } from "#lab/task";
import { openLab } from "#lab/training";
import { copyError } from "./course.ts";
import { createNetwork, loadWeights, stack } from "./networks.ts";
import { fieldOf } from "./parameters.ts";
import { resolvePicture } from "./pixels.ts";
import { standardise } from "./scaling.ts";
import type { sharpness } from "./tasks.ts";

/** Way from the weights at which gradients are compared, in units of the norm of all parameters. */
const distance = 1e-3;

const dot = (a: readonly Tensor[], b: readonly Tensor[]): Scalar =>
  addN(a.map((part, i) => sum(mul(part, b[i]!)))) as Scalar;

/** A direction of unit length, one array per parameter. */
function drawDirection(parameters: readonly Tensor[], seed: number): Variable[] {
  const random = split(seed, "sharpness");
  const draws = parameters.map(({ size }) => Float32Array.from({ length: size }, random.normal));
  const length = Math.hypot(...draws.map((draw) => Math.sqrt(draw.reduce((s, v) => s + v * v, 0))));
  return draws.map((draw, i) =>
    variable(
      tensor(
        draw.map((v) => v / length),
        parameters[i]!.shape,
      ),
    ),
  );
}

/** The parameters of all layers, put back in their places. */
function placeParameters(
  layers: readonly Layer<Tensor>[],
  list: readonly Tensor[],
): Layer<Tensor>[] {
  const left = [...list];
  return layers.map(({ biases }) => ({
    weights: left.shift()!,
    biases: biases && left.shift()!,
  }));
}

/**
 * Largest eigenvalue of the Hessian of the loss, by power iteration. Its product with a direction is
 * the difference of two gradients, as convolutions have no second derivative in TF.js.
 */
const run: Code<typeof sharpness> = async (call) => {
  const { params, inputs } = call;
  const { reason } = inputs.summary;
  if (reason !== null) return stopped(reason, {});
  const { model, picture, seed } = params.network;
  const network = createNetwork(model);
  const lab = await openLab(call);
  const layers = loadWeights(network, inputs.weights);
  const target = standardise(resolvePicture(picture, inputs.pixels, fieldOf(model)).pixels);
  const x = stack(network, [target]);
  const parameters = listParameters<Tensor>(layers);
  const slope = grads((...list: Tensor[]) =>
    copyError({ network, layers: placeParameters(layers, list), x }),
  );
  const direction = drawDirection(parameters, seed);
  const beside = (way: number): Tensor[] =>
    slope(parameters.map((parameter, i) => add(parameter, mul(direction[i]!, way))));
  const { series } = await lab.train({
    steps: params.iterations,
    step: () => {
      const [ahead, behind] = [beside(distance), beside(-distance)];
      const product = ahead.map((part, i) => div(sub(part, behind[i]!), 2 * distance));
      const eigenvalue = dot(direction, product);
      const length = sqrt(addN(product.map((part) => sum(square(part)))));
      direction.forEach((part, i) => part.assign(div(product[i]!, length)));
      return { eigenvalue };
    },
  });
  const eigenvalues = series["eigenvalue"]!;
  return {
    sharpness: {
      eigenvalue: eigenvalues.at(-1)!,
      lastChange: Math.abs(eigenvalues.at(-1)! / eigenvalues.at(-2)! - 1),
    },
  };
};

export default run;
