import * as tf from "@tensorflow/tfjs-core";
import { split } from "#lab/random";
import type { Code } from "#lab/task";
import { batches, minimise, openLab } from "#lab/training";
import type { classify } from "./tasks.ts";

/** Points of two spirals with noise, and the spiral of each. */
function spirals(count: number, seed: number, purpose: string) {
  const random = split(seed, purpose);
  const labels = Float32Array.from({ length: count }, (_, i) => i % 2);
  const points = Float32Array.from({ length: 2 * count }, () => 0.03 * random.normal());
  labels.forEach((label, i) => {
    const turn = 2 * Math.PI * Math.sqrt(random.uniform());
    points[2 * i]! += (turn / 7) * Math.cos(turn + Math.PI * label);
    points[2 * i + 1]! += (turn / 7) * Math.sin(turn + Math.PI * label);
  });
  return { x: { data: points, shape: [count, 2] }, y: { data: labels, shape: [count, 1] } };
}

const run: Code<typeof classify> = async (call) => {
  const { width, seed } = call.params;
  const lab = await openLab(call);
  const random = split(seed, "weights");
  const weights = [2, width, width, 1].slice(1).map((outputs, i) => {
    const inputs = [2, width, width][i]!;
    const draw = () => random.normal() * Math.sqrt(2 / inputs);
    const values = Float32Array.from({ length: inputs * outputs }, draw);
    return {
      kernel: tf.variable(tf.tensor2d(values, [inputs, outputs])),
      bias: tf.variable(tf.zeros([outputs])),
    };
  });
  const network = (points: tf.Tensor): tf.Tensor =>
    weights.reduce((input, { kernel, bias }, i) => {
      const output = tf.add(tf.matMul(input as tf.Tensor2D, kernel as tf.Tensor2D), bias);
      return i < 2 ? tf.relu(output) : output;
    }, points);

  const adam = tf.train.adam(0.01);
  const { series } = await lab.train({
    inputs: batches(spirals(400, seed, "training"), { size: 50, seed }),
    steps: 600,
    step: ({ x, y }) =>
      minimise(adam, () => ({
        loss: tf.losses.sigmoidCrossEntropy(y, network(x)) as tf.Scalar,
      })),
  });

  const fresh = spirals(1000, seed, "testing");
  const side = 48;
  const plane = Float32Array.from({ length: side * side * 2 }, (_, i) => {
    const pixel = Math.floor(i / 2);
    return i % 2 === 0
      ? ((pixel % side) / side) * 2 - 1
      : 1 - (Math.floor(pixel / side) / side) * 2;
  });
  const [answers, probability] = lab.evaluate(() => [
    network(tf.tensor2d(fresh.x.data, [1000, 2])),
    tf.sigmoid(network(tf.tensor2d(plane, [side * side, 2]))),
  ]);
  const right = fresh.y.data.filter((label, i) => answers![i]! > 0 === (label === 1)).length;
  return {
    accuracy: right / 1000,
    loss: { step: series["loss"]!.map((_, i) => i + 1), loss: series["loss"]! },
    plane: { probability: { data: probability!, shape: [side, side] } },
  };
};

export default run;
