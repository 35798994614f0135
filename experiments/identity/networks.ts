import { div, pad, sub, type Tensor, tensor, type Variable } from "@tensorflow/tfjs-core";
import { convolutional } from "#lab/networks/convolutional";
import { dense } from "#lab/networks/dense";
import { createVariables, type Layer, type Network } from "#lab/networks/network";
import type { NumpyArray } from "#lab/npz";
import { type Model, reachOf } from "./parameters.ts";
import { black, pixelDeviation, pixelMean, side } from "./scaling.ts";

/** From one end to the other through hidden layers of one size. */
const sizes = (ends: number, hidden: number, layers: number): number[] => [
  ends,
  ...new Array<number>(layers - 1).fill(hidden),
  ends,
];

/** The network of a model: standardised pictures in, standardised pictures out. */
export function createNetwork(model: Model): Network {
  const network = model.kind === "fcn" ? createDense(model) : createConvolutional(model);
  return model.output === "grey" ? answerInGrey(network) : network;
}

function createDense(model: Extract<Model, { kind: "fcn" }>): Network {
  const { layers, biases, activation, width } = model;
  return dense({ widths: sizes(side * side, width, layers), activation, biases });
}

function createConvolutional(model: Extract<Model, { kind: "cnn" }>): Network {
  const { layers, biases, channels, kernel, padding, field } = model;
  const network = convolutional({
    height: field,
    width: field,
    channels: sizes(1, channels, layers),
    kernel,
    biases,
    padding,
  });
  return padding === "none" ? surround(network, reachOf(model)) : network;
}

/** A network whose own last numbers are grey levels; they are standardised, as errors are told so. */
function answerInGrey(network: Network): Network {
  return {
    ...network,
    apply: (layers, x) => {
      const outputs = network.apply(layers, x);
      const grey = outputs.at(-1)!;
      return [...outputs.slice(0, -1), div(sub(grey, pixelMean), pixelDeviation)];
    },
  };
}

/** A network that sees black around its input, so far that what it yields is as large as that. */
function surround(network: Network, reach: number): Network {
  const edge: [number, number] = [reach, reach];
  return {
    ...network,
    apply: (layers, x) => network.apply(layers, pad(x, [[0, 0], edge, edge, [0, 0]], black)),
  };
}

/** Standardised pictures as a batch. @returns [n, …inputShape] */
export function stack({ inputShape }: Network, pictures: readonly Float32Array[]): Tensor {
  const size = pictures[0]!.length;
  const data = new Float32Array(pictures.length * size);
  pictures.forEach((picture, i) => data.set(picture, i * size));
  return tensor(data, [pictures.length, ...inputShape]);
}

const nameOf = (layer: number, part: "weights" | "biases") => `layer-${layer + 1}-${part}`;

/** Trained parameters as arrays to be kept. */
export function keepWeights(
  { shapes }: Network,
  layers: readonly Layer<Tensor>[],
): Record<string, NumpyArray> {
  const arrays = layers.flatMap((layer, i) =>
    (["weights", "biases"] as const).flatMap((part): [string, NumpyArray][] => {
      const data = layer[part]?.dataSync() as Float32Array | undefined;
      return data ? [[nameOf(i, part), { data: data.slice(), shape: shapes[i]![part] }]] : [];
    }),
  );
  return Object.fromEntries(arrays);
}

/** Kept parameters as variables, since an engine may fold constants and round otherwise. */
export function loadWeights(
  network: Network,
  arrays: Readonly<Record<string, NumpyArray>>,
): Layer<Variable>[] {
  const layers = network.shapes.map((_, i): Layer => ({
    weights: arrays[nameOf(i, "weights")]!.data as Float32Array,
    biases: (arrays[nameOf(i, "biases")]?.data as Float32Array | undefined) ?? null,
  }));
  return createVariables(network, layers);
}
