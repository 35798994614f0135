import { describe, expect, test } from "vitest";
import type { ModelSpec, OptimizerSpec } from "../../../src/lab/experiment.ts";
import { train, worstDifference } from "./compare.ts";

const models: ModelSpec[] = [
  { kind: "fcn", layers: 3, activation: "linear", width: 32, biases: true },
  { kind: "fcn", layers: 3, activation: "relu", width: 32, biases: true },
  { kind: "cnn", layers: 4, channels: 16, kernel: 5, biases: true },
  { kind: "cnn", layers: 3, channels: 16, kernel: 3, biases: true },
];

/** Rounding of weights and sums, in units of the largest update after five steps. */
const tolerances: [OptimizerSpec, { im2col: number; winograd: number }][] = [
  [
    { kind: "sgd", learningRate: 0.1 },
    { im2col: 1e-4, winograd: 1e-4 },
  ],
  [
    { kind: "momentum", learningRate: 0.1, momentum: 0.9 },
    { im2col: 1e-5, winograd: 5e-5 },
  ],
  // Adam divides by the gradient's size: where that is rounding, so is the update.
  [
    { kind: "adam", learningRate: 0.001 },
    { im2col: 5e-4, winograd: 1e-2 },
  ],
  [
    { kind: "ngd", cap: 0.05, lossFraction: 0.5 },
    { im2col: 2e-5, winograd: 5e-5 },
  ],
];

describe.each(models)("$kind of $layers layers", (model) => {
  test.each(tolerances)("five steps of $kind equal the cpu backend's", async (optimizer, limit) => {
    const reference = await train("cpu", model, optimizer, 5);
    for (const [engine, tolerance] of [
      ["onnx", limit.winograd],
      ["onnx-im2col", limit.im2col],
    ] as const) {
      const result = await train(engine, model, optimizer, 5);
      expect(worstDifference(result, reference), engine).toBeLessThan(tolerance);
      result.losses.forEach((loss, i) => {
        const error = Math.abs(loss / reference.losses[i]! - 1);
        expect(error, `${engine}, loss ${i}`).toBeLessThan(2e-5);
      });
    }
  });
});

test("training twice gives the same bytes", async () => {
  const model = models[2]!;
  const [a, b] = [
    await train("onnx", model, { kind: "ngd", cap: 0.05, lossFraction: 0.5 }, 10),
    await train("onnx", model, { kind: "ngd", cap: 0.05, lossFraction: 0.5 }, 10),
  ];
  expect(a.final).toEqual(b.final);
  expect(a.losses).toEqual(b.losses);
});
