import * as tf from "@tensorflow/tfjs-core";
import { dense } from "#lab/networks/dense";
import { createVariables, initialise, listParameters } from "#lab/networks/network";
import type { Code } from "#lab/task";
import { openLab } from "#lab/training";
import type { redraw } from "./tasks.ts";

const run: Code<typeof redraw> = async ({ params, inputs, engine, report }) => {
  const { numbers, steps, seed } = params;
  const { pixels } = inputs.shown;
  const [count, height, breadth] = pixels.shape as [number, number, number];
  const area = height * breadth;
  const levels = Float32Array.from(pixels.data, (level) => level / 255);
  const shown = tf.tensor2d(levels, [count, area]);

  const lab = await openLab({ engine, report });
  const widths = [area, 64, numbers, 64, area];
  const network = dense({ widths, activation: "relu", biases: true });
  const layers = createVariables(network, initialise(network, seed));
  const draw = (): tf.Tensor => tf.sigmoid(network.apply(layers, shown).at(-1)!);
  const adam = tf.train.adam(0.003);
  const { series } = await lab.train({
    steps,
    step: () =>
      adam.minimize(
        () => tf.losses.meanSquaredError(shown, draw()) as tf.Scalar,
        true,
        listParameters(layers),
      ) as tf.Scalar,
  });

  const [drawn] = lab.evaluate(() => [draw()]);
  const loss = series["loss"]!;
  const kept = loss.map((_, i) => i).filter((i) => i % Math.ceil(steps / 200) === 0);
  const sheet = (data: Float32Array) => ({
    tiles: { data, shape: [1, count, height, breadth], labels: { column: pixels.labels.picture } },
  });
  return {
    error: levels.reduce((sum, level, i) => sum + (drawn![i]! - level) ** 2, 0) / levels.length,
    course: { step: kept.map((i) => i + 1), loss: kept.map((i) => loss[i]!) },
    shown: sheet(levels),
    drawn: sheet(drawn!),
  };
};

export default run;
