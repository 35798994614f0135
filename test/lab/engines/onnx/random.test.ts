import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import {
  dropout,
  jit,
  registerOnnx,
  TraceError,
  uniform,
} from "../../../../src/lab/engines/onnx/index.ts";

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

const counter = () => tf.variable(tf.scalar(0, "int32"), false);

/** A step that counts itself and returns what `draw` makes of the count. */
function counting(draw: (step: tf.Scalar) => tf.Tensor): () => tf.Tensor {
  const step = counter() as unknown as tf.Variable & tf.Scalar;
  return () => {
    const result = draw(step);
    step.assign(tf.add(step, tf.scalar(1, "int32")) as tf.Scalar);
    return result;
  };
}

test("numbers in a traced loop are those that JavaScript draws, step by step", () => {
  const program = jit(counting((step) => uniform([3, 5], 42, step)));
  // Two calls: the count goes on, as after a checkpoint.
  const traced = [...program.run(2)[0]!, ...program.run(1)[0]!];
  const drawn = [0, 1, 2].flatMap((step) => [
    ...uniform([3, 5], 42, tf.scalar(step, "int32")).dataSync(),
  ]);
  expect(traced).toEqual(drawn);
  expect(new Set(traced).size).toBe(traced.length);
  program.dispose();
});

test("numbers are uniform, and independent of their neighbours, steps and seeds", () => {
  const draw = (seed: number, step: number) =>
    uniform([20_000], seed, tf.scalar(step, "int32")).dataSync() as Float32Array;
  const rows = [draw(1, 0), draw(1, 1), draw(2, 0)];
  for (const row of rows) {
    const bins = new Array<number>(16).fill(0);
    row.forEach((u) => bins[Math.floor(u * 16)]!++);
    const chiSquare = bins.reduce((sum, n) => sum + (n - 1250) ** 2 / 1250, 0);
    // The 99.9 % quantile of χ² with 15 degrees of freedom.
    expect(chiSquare).toBeLessThan(37.7);
  }
  const correlation = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, u, i) => sum + (u - 0.5) * (b[i]! - 0.5), 0) / (a.length / 12);
  const [first, second, third] = rows as [Float32Array, Float32Array, Float32Array];
  const shifted = Float32Array.from(first, (_, i) => first[(i + 1) % first.length]!);
  // Four standard errors of 20,000 pairs.
  for (const other of [second, third, shifted]) {
    expect(Math.abs(correlation(first, other))).toBeLessThan(0.03);
  }
});

test("dropout masks differ from step to step, keep their share, and reach the gradient", () => {
  const x = tf.ones([100, 50]);
  const program = jit(
    counting((step) => tf.grad((input: tf.Tensor) => dropout(input, 0.2, 7, step).sum())(x)),
  );
  const masks = program.run(4)[0]! as Float32Array;
  const rows = [0, 1, 2, 3].map((i) => masks.subarray(i * 5000, (i + 1) * 5000));
  for (const row of rows) {
    expect([...new Set(row)].sort()).toEqual([0, 1.25]);
    const kept = row.filter((value) => value > 0).length / 5000;
    // Five standard errors of 5,000 draws.
    expect(Math.abs(kept - 0.8)).toBeLessThan(0.03);
  }
  expect(rows[0]).not.toEqual(rows[1]);
  program.dispose();
});

test("random numbers of the host are refused while tracing, and work again afterwards", () => {
  const x = tf.ones([4]);
  expect(() => jit(() => tf.dropout(x, 0.5).sum())).toThrow(TraceError);
  expect(Math.random()).toBeLessThan(1);
});
