import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import type { NetworkSpec } from "../../../bench/networks.ts";
import { drawPictures } from "../../../src/lab/datasets/drawn.ts";
import { openEngine } from "../../../src/lab/engines/engine.ts";
import { measureCorrelation } from "../../../src/lab/measures/correlation.ts";
import type { Optimizer } from "../../../src/lab/optimizers/options.ts";
import { tensorflowAbsent } from "./absent.ts";
import { type Given, models, tolerances, train } from "./compare.ts";

/** Digits and a garment, on the scale of MNIST's mean and deviation. */
async function drawGiven(): Promise<Given> {
  const digits = [7, 4].map((label) => ({ label, rank: 0 }));
  const pixels = Float32Array.from(
    Buffer.concat([
      await drawPictures("mnist", digits),
      await drawPictures("fashion-mnist", [{ label: 9, rank: 0 }]),
    ]),
    (level) => (level / 255 - 0.1307) / 0.3081,
  );
  return { seed: 1, training: pixels.subarray(0, 784), others: pixels.subarray(784) };
}

interface Agreement {
  model: NetworkSpec;
  optimizer: Optimizer;
  /** Of the logarithm of the last loss. */
  loss: number;
  /** Of the outputs, root mean square of the difference in units of the outputs' own. */
  outputs: number;
  /** Of the correlations of the outputs with their inputs, absolute. */
  r: number;
}

const cnn: NetworkSpec = { kind: "cnn", layers: 4, channels: 16, kernel: 5, biases: true };

/** Each several times what was found: rounding, grown over 300 steps. */
const agreements: Agreement[] = [
  {
    model: { kind: "fcn", layers: 3, activation: "relu", width: 256, biases: true },
    optimizer: { kind: "momentum", learningRate: 0.01, momentum: 0.9 },
    loss: 0.1, // what is left of it, 7e-13, is rounding itself
    outputs: 1e-5,
    r: 1e-6,
  },
  {
    model: cnn,
    optimizer: { kind: "momentum", learningRate: 0.01, momentum: 0.9 },
    loss: 1e-3,
    outputs: 5e-3,
    r: 5e-4,
  },
  {
    model: cnn,
    // Short steps: at the gallery's cap rounding grows within 40 of them, between any two engines.
    optimizer: { kind: "ngd", cap: 0.01, lossFraction: 0.02, settling: 0 },
    loss: 0.5,
    outputs: 0.2,
    r: 0.02,
  },
];

describe.skipIf(tensorflowAbsent !== null)("on tensorflow", () => {
  test("training twice gives the same bytes", async () => {
    const run = () => train("tensorflow", models[2]!, tolerances[3]![0], 10);
    const [a, b] = [await run(), await run()];
    expect(a.final).toEqual(b.final);
    expect(a.losses).toEqual(b.losses);
  });

  test.each(agreements)(
    "and on onnx, $model.kind trained by $optimizer.kind is one network",
    async ({ model, optimizer, ...tolerance }) => {
      const given = await drawGiven();
      const [a, b] = [
        await train("onnx", model, optimizer, 300, given),
        await train("tensorflow", model, optimizer, 300, given),
      ];
      const [loss, other] = [a.losses.at(-1)!, b.losses.at(-1)!];
      expect(loss).toBeLessThan(0.05);
      expect(Math.abs(Math.log(loss / other))).toBeLessThan(tolerance.loss);
      let [error, power] = [0, 0];
      a.answers.forEach((value, i) => {
        error += (value - b.answers[i]!) ** 2;
        power += value ** 2;
      });
      expect(Math.sqrt(error / power)).toBeLessThan(tolerance.outputs);
      for (let at = 0; at < a.answers.length; at += 784) {
        const [r, s] = [a, b].map(({ answers }) =>
          measureCorrelation(answers.subarray(at, at + 784), given.others.subarray(at, at + 784)),
        );
        expect(Math.abs(r! - s!)).toBeLessThan(tolerance.r);
      }
    },
  );

  test("nothing is left over from a step", async () => {
    const engine = await openEngine("tensorflow", { threads: 1 });
    const w = tf.variable(tf.ones([64, 64]));
    const optimizer = tf.train.adam(1e-3);
    const trainer = engine.compile(
      () => optimizer.minimize(() => tf.square(tf.sub(w, 2)).mean(), true) as tf.Scalar,
      { stopBelow: 0 },
    );
    trainer.run(2);
    const before = tf.memory();
    trainer.run(500);
    const after = tf.memory();
    expect(after.numTensors).toBe(before.numTensors);
    expect(after.numBytes).toBe(before.numBytes);
    trainer.dispose();
    tf.disposeVariables();
  });
});
