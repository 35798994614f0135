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

describe("initial weights", () => {
  const { shapes } = dense({ widths: [300, 300], activation: "linear", biases: true });
  const deviation = (values: Float32Array): number =>
    Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  const standard = 1 / Math.sqrt(3 * 300);

  test.each([
    ["uniform", 1],
    ["uniform", 2.45],
    ["normal", 1],
    ["normal", 0.7],
  ] as const)("%s × %s have the deviation that they say, biases theirs", (form, scale) => {
    const [layer] = initialise({ shapes }, 1, { form, scale });
    expect(deviation(layer!.weights) / standard).toBeCloseTo(scale, 1);
    expect(layer!.biases).toEqual(initialise({ shapes }, 1)[0]!.biases);
  });

  test("a scale stretches the same draw, a normal one has tails", () => {
    const [one] = initialise({ shapes }, 1);
    const [two] = initialise({ shapes }, 1, { form: "uniform", scale: 2 });
    expect(two!.weights).toEqual(one!.weights.map((v) => 2 * v));
    const [normal] = initialise({ shapes }, 1, { form: "normal", scale: 1 });
    expect(Math.max(...normal!.weights)).toBeGreaterThan(3 * standard);
  });
});

describe("convolutions at the edge", () => {
  const options = { height: 6, width: 5, channels: [1, 2, 1], kernel: 3, biases: false };
  const apply = (padding: "zero" | "circular" | "none", x: tf.Tensor) => {
    const network = convolutional({ ...options, padding });
    return network.apply(createVariables(network, initialise(network, 3)), x);
  };
  const x = tf.randomNormal([1, 6, 5, 1], 0, 1, "float32", 7) as tf.Tensor4D;
  const roll = (x: tf.Tensor, axis: number) => {
    const [head, tail] = tf.split(x, [1, x.shape[axis]! - 1], axis);
    return tf.concat([tail!, head!], axis);
  };

  test("without padding, each layer is smaller, and the same inside as with zeros", () => {
    const [zero, none] = [apply("zero", x).at(-1)!, apply("none", x).at(-1)!];
    expect(none.shape).toEqual([1, 2, 1, 1]);
    const inside = tf.slice(zero as tf.Tensor4D, [0, 2, 2, 0], [1, 2, 1, 1]);
    expect(tf.max(tf.abs(tf.sub(none, inside))).dataSync()[0]).toBeLessThan(1e-6);
  });

  test("in a circle, a picture that is shifted round is answered the same, shifted round", () => {
    const shifted = (y: tf.Tensor) => roll(roll(y, 1), 2);
    const [still, moved] = [apply("circular", x).at(-1)!, apply("circular", shifted(x)).at(-1)!];
    expect(still.shape).toEqual(x.shape);
    expect(tf.max(tf.abs(tf.sub(moved, shifted(still)))).dataSync()[0]).toBeLessThan(1e-6);
    expect(tf.max(tf.abs(tf.sub(still, apply("zero", x).at(-1)!))).dataSync()[0]).toBeGreaterThan(
      1e-3,
    );
  });
});
