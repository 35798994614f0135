import { add, conv2d, relu, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import type { ModelSpec } from "../experiment.ts";
import type { Layer, Model } from "./model.ts";

/** Convolutional network, same padding, ReLU between layers: [n, 28, 28, 1] → [n, 28, 28, 1]. */
export function cnn(spec: Extract<ModelSpec, { kind: "cnn" }>): Model {
  const channels = [1, ...new Array<number>(spec.layers - 1).fill(spec.channels), 1];
  const shapes = channels.slice(1).map((outputs, i) => ({
    weights: [spec.kernel, spec.kernel, channels[i]!, outputs],
    biases: spec.biases ? [outputs] : [],
    fanIn: spec.kernel * spec.kernel * channels[i]!,
  }));
  const apply = (layers: Layer<Tensor>[], x: Tensor): Tensor[] => {
    const outputs: Tensor[] = [];
    layers.forEach(({ weights, biases }, i) => {
      const input = (outputs.at(-1) ?? x) as Tensor4D;
      const product = conv2d(input, weights as Tensor4D, 1, "same");
      const sum = biases ? add(product, biases) : product;
      outputs.push(i < layers.length - 1 ? relu(sum) : sum);
    });
    return outputs;
  };
  return { inputShape: [28, 28, 1], shapes, apply };
}
