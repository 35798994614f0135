import * as tf from "@tensorflow/tfjs-core";
import { type Code, stopped } from "#lab/task";
import { openLab } from "#lab/training";
import { oneHot } from "./measures.ts";
import { drawWeights } from "./network.ts";
import { centre, meanPicture } from "./pictures.ts";
import { inputs as pixels } from "./sizes.ts";
import type { trainNetwork } from "./tasks.ts";

type Network = Record<keyof ReturnType<typeof drawWeights>, tf.Variable>;

/** @param pictures [n, 49] @returns [n, 10] */
const answer = ({ hidden, hiddenBias, output, outputBias }: Network, pictures: tf.Tensor2D) => {
  const units = tf.relu(tf.add(tf.matMul(pictures, hidden as tf.Tensor2D), hiddenBias));
  return tf.add(tf.matMul(units as tf.Tensor2D, output as tf.Tensor2D), outputBias);
};

const run: Code<typeof trainNetwork> = async ({ params, inputs, engine, report }) => {
  const { width, steps, rate, stopBelow, examples } = params;
  const lab = await openLab({ engine, report });
  const pictures = inputs.examples.train.data as Float32Array;
  const count = examples.train;
  const x = tf.tensor2d(centre(pictures, meanPicture(pictures)), [count, pixels]);
  const targets = tf.tensor2d(oneHot(inputs.examples.taught.data as Int32Array).to2DArray());
  const drawn = drawWeights(width, examples.seed);
  const network = Object.fromEntries(
    Object.entries(drawn).map(([name, { data, shape }]) => [
      name,
      tf.variable(tf.tensor(data, shape)),
    ]),
  ) as Network;
  const optimizer = tf.train.adam(rate);
  const {
    series,
    steps: made,
    loss,
    endedBy,
  } = await lab.train({
    steps,
    stopBelow,
    step: () =>
      optimizer.minimize(
        () => {
          const errors = tf.squaredDifference(answer(network, x), targets);
          return tf.div(tf.sum(errors), count) as tf.Scalar;
        },
        true,
        Object.values(network),
      ) as tf.Scalar,
  });
  const losses = series["loss"]!;
  const every = Math.ceil(losses.length / 200);
  const shown = losses.flatMap((_, i) => (i % every === 0 || i === losses.length - 1 ? [i] : []));
  const contents = lab.evaluate(() => Object.values(network).map((variable) => tf.clone(variable)));
  const weights = Object.fromEntries(
    Object.keys(network).map((name, i) => {
      const { shape } = drawn[name as keyof typeof drawn];
      return [name, { data: contents[i]!, shape }];
    }),
  ) as typeof drawn;
  const result = {
    course: { step: shown.map((i) => i + 1), loss: shown.map((i) => losses[i]!) },
    steps: made,
    converged: endedBy === "threshold",
    weights,
  };
  return endedBy === "divergence"
    ? stopped(`the loss became ${loss} at step ${made}`, result)
    : result;
};

export default run;
