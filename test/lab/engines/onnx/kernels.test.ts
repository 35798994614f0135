import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { jit, registerOnnx, TraceError } from "../../../../src/lab/engines/onnx/index.ts";

/* What TF.js's own tests, run by test/conformance, leave open. */

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

type Data = Float32Array | Int32Array;

/** The result of a function of vectors, traced. */
function compute(
  body: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: Data[],
  options: { threads?: number } = {},
): number[] {
  const specs = inputs.map((data) => ({
    shape: [data.length],
    dtype: data instanceof Int32Array ? ("int32" as const) : ("float32" as const),
  }));
  const program = jit(body, specs, options);
  const [result] = program.run(1, inputs);
  program.dispose();
  return Array.from(result!, Number);
}

test("log1p and expm1 keep their digits near zero and far from it", () => {
  const x = Float32Array.of(1e-7, -1e-7, 3e-4, -0.4999, 0.5001, 20, -0.999);
  const near = (found: number[], exact: (x: number) => number) =>
    found.forEach((value, i) => expect(value / exact(x[i]!)).toBeCloseTo(1, 5));
  near(
    compute((v) => tf.log1p(v!), [x]),
    Math.log1p,
  );
  near(
    compute((v) => tf.expm1(v!), [x]),
    Math.expm1,
  );
});

test("whole numbers divided by zero give zero, and the process lives", () => {
  const [a, b] = [Int32Array.of(7, -7, 7, 5), Int32Array.of(2, 2, -2, 0)];
  expect(compute((x, y) => tf.floorDiv(x!, y!), [a, b])).toEqual([3, -4, -4, 0]);
  expect(compute((x, y) => tf.mod(x!, y!), [a, b])).toEqual([1, 1, -1, 5]);
});

test("division by a power of two whose reciprocal float32 does not have", () => {
  const [x, smallest] = [Float32Array.of(0, 2 ** -149, 2 ** -140), 2 ** -149];
  expect(compute((v) => tf.div(v!, smallest), [x])).toEqual([0, 1, 512]);
});

test("the largest of numbers with NaN is NaN, its place is that of the largest number", () => {
  const x = Float32Array.of(1, NaN, 3);
  expect(compute((v) => tf.max(v!), [x])).toEqual([NaN]);
  expect(compute((v) => tf.argMax(v!), [x])).toEqual([2]);
});

test("gradients of an embedding add up in the same order on any number of threads", () => {
  const [words, width, count] = [50, 64, 4096];
  const embedding = tf.variable(tf.randomNormal([words, width], 0, 1, "float32", 1));
  const weights = tf.randomNormal([count, width], 0, 1, "float32", 2);
  const ids = Int32Array.from({ length: count }, (_, i) => (i * i) % words);
  const gradient = (i: tf.Tensor) =>
    tf.grad((e) => tf.sum(tf.mul(tf.gather(e, i as tf.Tensor1D), weights)))(embedding);
  const on = (threads: number) => compute((i) => gradient(i!), [ids], { threads });
  const one = on(1);
  expect(on(2)).toEqual(one);
  gradient(tf.tensor1d(ids))
    .dataSync()
    .forEach((expected, i) => expect(one[i]).toBeCloseTo(expected, 3));
});

test("segment numbers outside the range belong to no segment", () => {
  const ids = Int32Array.of(0, -1, 2, 0, 9);
  const x = Float32Array.of(1, 2, 4, 8, 16);
  const sums = compute((v, i) => tf.unsortedSegmentSum(v!, i as tf.Tensor1D, 3), [x, ids]);
  expect(sums).toEqual([9, 0, 4]);
});

test("complex numbers are traced, but do not leave the graph", () => {
  const [re, im] = [Float32Array.of(3, 0), Float32Array.of(4, -2)];
  expect(compute((a, b) => tf.abs(tf.complex(a!, b!)), [re, im])).toEqual([5, 2]);
  const square = (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.complex(a, b), tf.complex(a, b));
  expect(compute((a, b) => tf.imag(square(a!, b!)), [re, im])).toEqual([24, -0]);
  expect(() => compute((a, b) => square(a!, b!), [re, im])).toThrow(TraceError);
  expect(() => compute((a, b) => tf.real(tf.exp(square(a!, b!))), [re, im])).toThrow(/kernel Exp/);
});
