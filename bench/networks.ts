import { convolutional } from "../src/lab/networks/convolutional.ts";
import { dense } from "../src/lab/networks/dense.ts";
import type { Network } from "../src/lab/networks/network.ts";

/** Width and height of a picture, in pixels. */
export const side = 28;

/** A network from pictures to pictures: plain JSON. */
export type NetworkSpec =
  | { kind: "fcn"; layers: number; activation: "linear" | "relu"; width: number; biases: boolean }
  | { kind: "cnn"; layers: number; channels: number; kernel: number; biases: boolean };

export const cnn = (layers: number): NetworkSpec => ({
  kind: "cnn",
  layers,
  channels: 128,
  kernel: 5,
  biases: true,
});

export const fcn = (layers: number, activation: "linear" | "relu", width: number): NetworkSpec => ({
  kind: "fcn",
  layers,
  activation,
  width,
  biases: true,
});

/** From one end to the other through hidden layers of one size. */
const sizes = (ends: number, hidden: number, layers: number): number[] => [
  ends,
  ...new Array<number>(layers - 1).fill(hidden),
  ends,
];

export function createNetwork(spec: NetworkSpec): Network {
  const { layers, biases } = spec;
  if (spec.kind === "fcn") {
    const { activation, width } = spec;
    return dense({ widths: sizes(side ** 2, width, layers), activation, biases });
  }
  const { channels, kernel } = spec;
  const options = { height: side, width: side, kernel, biases };
  return convolutional({ ...options, channels: sizes(1, channels, layers) });
}
