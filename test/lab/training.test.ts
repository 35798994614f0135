import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test } from "vitest";
import { split } from "../../src/lab/random.ts";
import {
  batches,
  counter,
  dropout,
  type Lab,
  minimise,
  openLab,
  schedule,
} from "../../src/lab/training.ts";

const open = (name: string): Promise<Lab> =>
  openLab({ engine: { name, threads: 1 }, report: () => {} });

/** Points of three classes around the corners of a triangle. */
function clusters(count: number) {
  const random = split(7, "clusters");
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const data = new Float32Array(2 * count);
  labels.forEach((label, i) => {
    data[2 * i] = Math.cos((2 * Math.PI * label) / 3) + 0.4 * random.normal();
    data[2 * i + 1] = Math.sin((2 * Math.PI * label) / 3) + 0.4 * random.normal();
  });
  return { x: { data, shape: [count, 2] }, y: { data: labels, shape: [count] } };
}

type Run = (lab: Lab) => Promise<{ losses: number[]; more?: number[]; weights: Float32Array[] }>;

/** Trains on both engines; losses and weights must agree to rounding. */
async function compare(run: Run, tolerance = 1e-4) {
  const [onnx, cpu] = [await run(await open("onnx")), await run(await open("cpu"))];
  expect(onnx.losses).toHaveLength(cpu.losses.length);
  onnx.losses.forEach((loss, i) => expect(loss).toBeCloseTo(cpu.losses[i]!, 4));
  onnx.more?.forEach((value, i) => expect(value).toBeCloseTo(cpu.more![i]!, 4));
  onnx.weights.forEach((array, k) =>
    array.forEach((value, i) =>
      expect(Math.abs(value - cpu.weights[k]![i]!)).toBeLessThan(tolerance),
    ),
  );
  return onnx;
}

afterEach(() => {
  tf.disposeVariables();
});

describe("training on the onnx engine equals that on cpu", () => {
  test("a tf.layers classifier with dropout, batches, several results and looks in between", async () => {
    const { losses, more } = await compare(async (lab) => {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({
            inputShape: [2],
            units: 16,
            activation: "relu",
            kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
          }),
          tf.layers.dense({
            units: 3,
            kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
          }),
        ],
      });
      const optimizer = tf.train.adam(0.02);
      const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const accuracies: number[] = [];
      const data = clusters(50);
      const { series, steps, endedBy } = await lab.train({
        inputs: { ...batches(data, { size: 16, seed: 1 }), made: counter },
        steps: 45,
        every: 15,
        step: ({ x, y, made }) => {
          const targets = tf.oneHot(y as tf.Tensor1D, 3);
          return minimise(
            optimizer,
            () => {
              const logits = model.apply(dropout(x, 0.1, 11, made as tf.Scalar)) as tf.Tensor2D;
              const right = tf.equal(tf.argMax(logits, -1), tf.cast(y, "int32"));
              return {
                loss: tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar,
                accuracy: tf.mean(tf.cast(right, "float32")) as tf.Scalar,
              };
            },
            weights,
          );
        },
        onChunk: () => {
          const [logits] = lab.evaluate(() => [
            model.apply(tf.tensor2d(data.x.data, [50, 2])) as tf.Tensor,
          ]);
          accuracies.push(
            data.y.data.reduce((sum, label, i) => {
              const row = logits!.subarray(3 * i, 3 * i + 3);
              return sum + Number(row.indexOf(Math.max(...row)) === label) / 50;
            }, 0),
          );
        },
      });
      expect([steps, endedBy]).toEqual([45, "steps"]);
      expect(Object.keys(series)).toEqual(["loss", "accuracy"]);
      const found = lab.evaluate(() => weights.map((weight) => tf.clone(weight)));
      return {
        losses: series["loss"]!,
        more: [...series["accuracy"]!, ...accuracies],
        weights: found,
      };
    }, 1e-3);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
    expect(more!.at(-1)).toBeGreaterThan(0.85);
  });

  test("a regression with a learning rate that falls, by an update of one's own", async () => {
    const { losses } = await compare(async (lab) => {
      const random = split(3, "line");
      const x = Float32Array.from({ length: 30 }, () => random.normal());
      const y = x.map((value) => 2 * value - 1 + 0.1 * random.normal());
      const slope = tf.variable(tf.scalar(0));
      const offset = tf.variable(tf.scalar(0));
      const { series } = await lab.train({
        inputs: {
          ...batches(
            { x: { data: x, shape: [30] }, y: { data: y, shape: [30] } },
            { size: 8, seed: 1, last: "drop" },
          ),
          rate: schedule((step) => 0.3 / (1 + step / 10)),
        },
        steps: 40,
        step: ({ x, y, rate }) => {
          const { value, grads } = tf.variableGrads(
            () => tf.losses.meanSquaredError(y, tf.add(tf.mul(slope, x), offset)) as tf.Scalar,
            [slope, offset],
          );
          for (const variable of [slope, offset]) {
            variable.assign(tf.sub(variable, tf.mul(rate, grads[variable.name]!)));
          }
          return value;
        },
      });
      return {
        losses: series["loss"]!,
        weights: lab.evaluate(() => [tf.clone(slope), tf.clone(offset)]),
      };
    });
    expect(losses.at(-1)).toBeLessThan(0.1);
  });
});

describe("the end of a training", () => {
  const shrink = (lab: Lab, factor: number, stopBelow?: number) => {
    const value = tf.variable(tf.scalar(1));
    return lab.train({
      steps: 5000,
      ...(stopBelow !== undefined && { stopBelow }),
      step: () => {
        value.assign(tf.mul(value, factor));
        return tf.clone(value) as tf.Scalar;
      },
    });
  };

  test.each(["onnx", "cpu"])("on %s: below a threshold, or no longer finite", async (name) => {
    const lab = await open(name);
    const low = await shrink(lab, 0.5, 1e-3);
    expect([low.steps, low.endedBy]).toEqual([10, "threshold"]);
    const lost = await shrink(lab, 10);
    expect([lost.endedBy, lost.loss]).toEqual(["divergence", Infinity]);
  });

  test("results that are no single numbers are named", async () => {
    const lab = await open("onnx");
    await expect(
      lab.train({ steps: 1, step: () => ({ loss: tf.scalar(1), all: tf.ones([2]) as tf.Scalar }) }),
    ).rejects.toThrow("the step's result “all” is no single number");
  });
});
