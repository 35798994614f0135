import * as tf from "@tensorflow/tfjs-core";
import { dense } from "#lab/networks/dense";
import { createVariables, initialise, listParameters } from "#lab/networks/network";
import type { Code } from "#lab/task";
import { batches, openLab } from "#lab/training";
import type { classify } from "./tasks.ts";

const run: Code<typeof classify> = async ({ params, inputs, engine, report }) => {
  const { width, pictures: count, steps, seed } = params;
  const { pixels, labels, classes } = inputs.digits;
  const [, height, breadth] = pixels.shape as [number, number, number];
  const area = height * breadth;
  const names = classes.labels.class;
  const levels = Float32Array.from(pixels.data, (level) => level / 255);

  const lab = await openLab({ engine, report });
  const network = dense({ widths: [area, width, names.length], activation: "relu", biases: true });
  const layers = createVariables(network, initialise(network, seed));
  const answer = (x: tf.Tensor): tf.Tensor => network.apply(layers, x).at(-1)!;
  const adam = tf.train.adam(0.003);
  const { series } = await lab.train({
    steps,
    inputs: batches(
      {
        x: { data: levels.slice(0, count * area), shape: [count, area] },
        label: { data: labels.data.slice(0, count), shape: [count] },
      },
      { size: 100, seed },
    ),
    step: ({ x, label }) =>
      adam.minimize(
        () => tf.losses.softmaxCrossEntropy(tf.oneHot(label, names.length), answer(x)) as tf.Scalar,
        true,
        listParameters(layers),
      ) as tf.Scalar,
  });

  const [answers, weights] = lab.evaluate(() => [
    tf.argMax(answer(tf.tensor2d(levels.slice(count * area), [count, area])), 1),
    layers[0]!.weights.transpose(),
  ]);
  const truth = labels.data.slice(count);
  const shown = names.map((_, name) => truth.filter((label) => label === name).length);
  const shares = new Float64Array(names.length ** 2);
  truth.forEach((label, i) => {
    shares[label * names.length + answers![i]!]! += 1 / shown[label]!;
  });
  const units = Math.min(8, width);
  const loss = series["loss"]!;
  return {
    accuracy: truth.filter((label, i) => answers![i] === label).length / count,
    course: { step: loss.map((_, i) => i + 1), loss },
    confusion: {
      shares: {
        data: shares,
        shape: [names.length, names.length],
        labels: { shown: names, answered: names },
      },
    },
    filters: {
      weights: { data: weights!.slice(0, units * area), shape: [units, height, breadth] },
    },
  };
};

export default run;
