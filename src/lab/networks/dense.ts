import { add, matMul, relu, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { Layer, Network } from "./network.ts";

export interface DenseOptions {
  /** Units from input to output, e.g. [784, 2048, 784]. */
  widths: readonly number[];
  /** Of the hidden layers; the output is linear. */
  activation: "linear" | "relu";
  biases: boolean;
}

/** Fully connected network: [n, first width] → [n, last width]. */
export function dense({ widths, activation, biases }: DenseOptions): Network {
  const shapes = widths.slice(1).map((outputs, i) => ({
    weights: [widths[i]!, outputs],
    biases: biases ? [outputs] : [],
    fanIn: widths[i]!,
  }));
  const apply = (layers: readonly Layer<Tensor>[], x: Tensor): Tensor[] => {
    const outputs: Tensor[] = [];
    layers.forEach(({ weights, biases }, i) => {
      const product = matMul((outputs.at(-1) ?? x) as Tensor2D, weights as Tensor2D);
      const sum = biases ? add(product, biases) : product;
      const isHidden = i < layers.length - 1;
      outputs.push(isHidden && activation === "relu" ? relu(sum) : sum);
    });
    return outputs;
  };
  return { inputShape: [widths[0]!], shapes, apply };
}
