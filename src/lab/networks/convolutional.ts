import {
  add,
  concat,
  conv2d,
  relu,
  slice,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import type { Layer, Network } from "./network.ts";

export interface ConvolutionalOptions {
  /** Of pictures, in pixels. */
  height: number;
  width: number;
  /** Feature maps from input to output, e.g. [1, 128, 128, 1]. */
  channels: readonly number[];
  /** Width and height in pixels, odd. */
  kernel: number;
  biases: boolean;
  /**
   * What a kernel meets beyond the edge: zeros; the opposite side of the picture, which leaves it
   * without edges; or nothing, so that each layer is smaller by kernel − 1. By default zeros.
   */
  padding?: "zero" | "circular" | "none";
}

/** The end of an axis before it, and its start behind it. */
function wrap(x: Tensor4D, axis: 1 | 2, reach: number): Tensor4D {
  const begin = [0, 0, 0, 0];
  const size = [-1, -1, -1, -1];
  size[axis] = reach;
  const start = slice(x, begin, size);
  begin[axis] = x.shape[axis] - reach;
  return concat([slice(x, begin, size), x, start], axis) as Tensor4D;
}

/** Convolutions of stride 1, ReLU between them: [n, height, width, channels]. */
export function convolutional(options: ConvolutionalOptions): Network {
  const { height, width, channels, kernel, biases, padding = "zero" } = options;
  const reach = (kernel - 1) / 2;
  const convolve = (x: Tensor4D, weights: Tensor4D): Tensor4D => {
    if (padding === "zero") return conv2d(x, weights, 1, "same");
    const wrapped = padding === "circular" && reach > 0;
    return conv2d(wrapped ? wrap(wrap(x, 1, reach), 2, reach) : x, weights, 1, "valid");
  };
  const shapes = channels.slice(1).map((outputs, i) => ({
    weights: [kernel, kernel, channels[i]!, outputs],
    biases: biases ? [outputs] : [],
    fanIn: kernel * kernel * channels[i]!,
  }));
  const apply = (layers: readonly Layer<Tensor>[], x: Tensor): Tensor[] => {
    const outputs: Tensor[] = [];
    layers.forEach(({ weights, biases }, i) => {
      const input = (outputs.at(-1) ?? x) as Tensor4D;
      const product = convolve(input, weights as Tensor4D);
      const sum = biases ? add(product, biases) : product;
      outputs.push(i < layers.length - 1 ? relu(sum) : sum);
    });
    return outputs;
  };
  return { inputShape: [height, width, channels[0]!], shapes, apply };
}
