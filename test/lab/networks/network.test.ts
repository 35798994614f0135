import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, describe, expect, test } from "vitest";
import { convolutional } from "../../../src/lab/networks/convolutional.ts";
import { dense } from "../../../src/lab/networks/dense.ts";
import {
  countParameters,
  createVariables,
  initialise,
  type Layer,
  listParameters,
  type Network,
} from "../../../src/lab/networks/network.ts";

await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

const networks: [string, Network][] = [
  ["dense", dense({ widths: [6, 5, 4], activation: "relu", biases: true })],
  ["linear", dense({ widths: [6, 5, 4], activation: "linear", biases: false })],
  [
    "convolutional",
    convolutional({ height: 5, width: 7, channels: [2, 3, 1], kernel: 3, biases: true }),
  ],
];

describe.each(networks)("a %s network", (name, network) => {
  const layers = initialise(network, 1);

  test("has as many parameters as are counted", () => {
    const { total, layers: counts } = countParameters(network);
    expect(listParameters(layers).reduce((sum, { length }) => sum + length, 0)).toBe(total);
    expect(counts.map(({ name }) => name)).toEqual(["layer 1", "layer 2"]);
  });

  test("begins within ±1/√fan_in, anew for every seed, each layer by itself", () => {
    network.shapes.forEach(({ fanIn }, i) => {
      const { weights } = layers[i]!;
      expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(fanIn));
      expect(initialise(network, 2)[i]!.weights).not.toEqual(weights);
    });
    const first = { ...network, shapes: network.shapes.slice(0, 1) };
    expect(initialise(first, 1)[0]).toEqual(layers[0]);
  });

  test("answers with the outputs of all layers, the hidden ones after their activation", () => {
    const x = tf.randomNormal([2, ...network.inputShape], 0, 1, "float32", 7);
    const outputs = network.apply(createVariables(network, layers), x);
    expect(outputs).toHaveLength(2);
    expect(outputs[1]!.shape.slice(0, -1)).toEqual(x.shape.slice(0, -1));
    const isNegative = Math.min(...outputs[0]!.dataSync()) < 0;
    expect(isNegative).toBe(name === "linear");
  });
});

test("a convolution whose kernel is one in the middle copies", () => {
  const network = convolutional({
    height: 4,
    width: 4,
    channels: [1, 1],
    kernel: 3,
    biases: false,
  });
  const middle = Float32Array.from({ length: 9 }, (_, i) => Number(i === 4));
  const layers: Layer<tf.Tensor>[] = createVariables(network, [{ weights: middle, biases: null }]);
  const x = tf.reshape(tf.range(0, 16), [1, 4, 4, 1]);
  expect(network.apply(layers, x)[0]!.dataSync()).toEqual(x.dataSync());
});
