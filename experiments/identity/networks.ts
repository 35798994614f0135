import { type Tensor, tensor, type Variable } from "@tensorflow/tfjs-core";
import { convolutional } from "#lab/networks/convolutional";
import { dense } from "#lab/networks/dense";
import { createVariables, type Layer, type Network } from "#lab/networks/network";
import type { NumpyArray } from "#lab/npz";
import type { Model } from "./parameters.ts";
import { side } from "./scaling.ts";

/** From one end to the other through hidden layers of one size. */
const sizes = (ends: number, hidden: number, layers: number): number[] => [
  ends,
  ...new Array<number>(layers - 1).fill(hidden),
  ends,
];

/** The network of a model: pictures in, pictures out. */
export function createNetwork(model: Model): Network {
  const { layers, biases } = model;
  if (model.kind === "fcn") {
    const { activation, width } = model;
    return dense({ widths: sizes(side * side, width, layers), activation, biases });
  }
  const { channels, kernel } = model;
  return convolutional({
    height: side,
    width: side,
    channels: sizes(1, channels, layers),
    kernel,
    biases,
  });
}

/** Standardised pictures as a batch. @param pictures [784] each. @returns [n, …inputShape] */
export function stack({ inputShape }: Network, pictures: readonly Float32Array[]): Tensor {
  const data = new Float32Array(pictures.length * side * side);
  pictures.forEach((picture, i) => data.set(picture, i * side * side));
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
