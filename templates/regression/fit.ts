import * as tf from "@tensorflow/tfjs-core";
import { dense } from "#lab/networks/dense";
import { createVariables, initialise, listParameters } from "#lab/networks/network";
import type { Code } from "#lab/task";
import { openLab } from "#lab/training";
import type { fit } from "./tasks.ts";

/** Every fourth point is kept back. */
const isKeptBack = (i: number): boolean => i % 4 === 3;

const column = (numbers: readonly number[]): tf.Tensor2D =>
  tf.tensor2d([...numbers], [numbers.length, 1]);

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const run: Code<typeof fit> = async ({ params, inputs, engine, report }) => {
  const { width, steps, seed } = params;
  const times = [...inputs.measurements["time"]!.data];
  const heights = [...inputs.measurements["height"]!.data];
  const longest = Math.max(...times);
  /** Times from -1 to 1, which initial weights are made for. */
  const scaled = times.map((time) => (2 * time) / longest - 1);
  const learned = times.map((_, i) => i).filter((i) => !isKeptBack(i));
  const known = column(learned.map((i) => scaled[i]!));
  const target = column(learned.map((i) => heights[i]!));

  const lab = await openLab({ engine, report });
  const network = dense({ widths: [1, width, width, 1], activation: "relu", biases: true });
  const layers = createVariables(network, initialise(network, seed));
  const answer = (x: tf.Tensor): tf.Tensor => network.apply(layers, x).at(-1)!;
  const adam = tf.train.adam(0.01);
  const { series } = await lab.train({
    steps,
    step: () =>
      adam.minimize(
        () => tf.losses.meanSquaredError(target, answer(known)) as tf.Scalar,
        true,
        listParameters(layers),
      ) as tf.Scalar,
  });

  const [fitted] = lab.evaluate(() => [answer(column(scaled))]);
  const squares = heights.map((height, i) => (fitted![i]! - height) ** 2);
  const loss = series["loss"]!;
  const shown = loss.map((_, i) => i).filter((i) => i % Math.ceil(steps / 200) === 0);
  return {
    testError: mean(squares.filter((_, i) => isKeptBack(i))),
    trainError: mean(squares.filter((_, i) => !isKeptBack(i))),
    course: { step: shown.map((i) => i + 1), loss: shown.map((i) => loss[i]!) },
    curve: { time: times, measured: heights, fitted: [...fitted!] },
  };
};

export default run;
