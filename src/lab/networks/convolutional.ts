import { add, conv2d, relu, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
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
}

/** Convolutions of stride 1 and same padding, ReLU between them: [n, height, width, channels]. */
export function convolutional(options: ConvolutionalOptions): Network {
  const { height, width, channels, kernel, biases } = options;
  const shapes = channels.slice(1).map((outputs, i) => ({
    weights: [kernel, kernel, channels[i]!, outputs],
    biases: biases ? [outputs] : [],
    fanIn: kernel * kernel * channels[i]!,
  }));
  const apply = (layers: readonly Layer<Tensor>[], x: Tensor): Tensor[] => {
    const outputs: Tensor[] = [];
    layers.forEach(({ weights, biases }, i) => {
      const input = (outputs.at(-1) ?? x) as Tensor4D;
      const product = conv2d(input, weights as Tensor4D, 1, "same");
      const sum = biases ? add(product, biases) : product;
      outputs.push(i < layers.length - 1 ? relu(sum) : sum);
    });
    return outputs;
  };
  return { inputShape: [height, width, channels[0]!], shapes, apply };
}
