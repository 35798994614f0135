import { add, matMul, relu, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { ModelSpec } from "../experiment.ts";
import type { Layer, Model } from "./model.ts";

const pixels = 784;

/** Fully connected network on flattened pictures: [n, 784] → [n, 784]. */
export function fcn(spec: Extract<ModelSpec, { kind: "fcn" }>): Model {
  const widths = [pixels, ...new Array<number>(spec.layers - 1).fill(spec.width), pixels];
  const shapes = widths.slice(1).map((outputs, i) => ({
    weights: [widths[i]!, outputs],
    biases: spec.biases ? [outputs] : [],
    fanIn: widths[i]!,
  }));
  const apply = (layers: Layer<Tensor>[], x: Tensor): Tensor[] => {
    const outputs: Tensor[] = [];
    layers.forEach(({ weights, biases }, i) => {
      const product = matMul((outputs.at(-1) ?? x) as Tensor2D, weights as Tensor2D);
      const sum = biases ? add(product, biases) : product;
      const isHidden = i < layers.length - 1;
      outputs.push(isHidden && spec.activation === "relu" ? relu(sum) : sum);
    });
    return outputs;
  };
  return { inputShape: [pixels], shapes, apply };
}
