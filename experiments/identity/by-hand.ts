import { createVariables, type Layer } from "#lab/networks/network";
import type { Code, Params } from "#lab/task";
import { createNetwork, keepWeights } from "./networks.ts";
import type { Model } from "./parameters.ts";
import predictTrained from "./predict.ts";
import { side } from "./scaling.ts";
import type { predict } from "./tasks.ts";
import type { byHand } from "./theory-tasks.ts";

/** Black lies 0.42 below zero on standardised pixels; a power of two is added with little rounding. */
const lift = 0.5;

/** What a layer does to channels: weights from each to each, and what it adds to each. */
interface Mixing {
  /** [inputs][outputs] */
  weights: number[][];
  biases: number[];
}

/**
 * The identity, layer by layer. ReLU lets through what is not negative: all pixels where biases
 * lift them, else x and −x in two channels.
 */
function mixingOf(model: Model, layer: number): Mixing {
  const [isFirst, isLast] = [layer === 0, layer === model.layers - 1];
  if (model.kind === "fcn" || model.layers === 1) return { weights: [[1]], biases: [0] };
  if (model.biases) return { weights: [[1]], biases: [isFirst ? lift : isLast ? -lift : 0] };
  if (isFirst) return { weights: [[1, -1]], biases: [] };
  return isLast
    ? { weights: [[1], [-1]], biases: [] }
    : {
        weights: [
          [1, 0],
          [0, 1],
        ],
        biases: [],
      };
}

/** Weights under which a network copies every picture, in the form in which trained ones are kept. */
function identityWeights(model: Model) {
  const network = createNetwork(model);
  const layers = network.shapes.map((shape, i): Layer => {
    const size = shape.weights.reduce((product, d) => product * d, 1);
    const weights = new Float32Array(size);
    const biases = shape.biases.length > 0 ? new Float32Array(shape.biases[0]!) : null;
    const mixing = mixingOf(model, i);
    const [inputs = 0, outputs = 0] = shape.weights.slice(-2);
    if (model.kind === "fcn") {
      for (let pixel = 0; pixel < side ** 2; pixel++) weights[pixel * outputs + pixel] = 1;
    } else {
      const centre = ((model.kernel ** 2 - 1) / 2) * inputs * outputs;
      mixing.weights.forEach((row, from) => weights.set(row, centre + from * outputs));
    }
    biases?.set(mixing.biases);
    return { weights, biases };
  });
  return keepWeights(network, createVariables(network, layers));
}

const run: Code<typeof byHand> = async (call) => {
  const { params, inputs } = call;
  return predictTrained({
    ...call,
    // Of a network, predicting reads no more than these.
    params: { ...params, network: params.network as Params<typeof predict>["network"] },
    inputs: {
      ...inputs,
      weights: identityWeights(params.network.model),
      summary: { steps: 0, loss: null, endedBy: "steps", reason: null },
    },
  });
};

export default run;
