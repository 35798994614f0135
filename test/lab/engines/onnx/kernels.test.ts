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

type Unary = (x: tf.Tensor) => tf.Tensor;
const fused =
  (activation: "sigmoid" | "elu"): Unary =>
  (x) =>
    tf.fused.matMul({ a: tf.reshape(x, [-1, 1]), b: tf.ones([1, 1]), activation });
const activations: [string, Unary][] = [
  ["sigmoid", tf.sigmoid],
  ["fused sigmoid", fused("sigmoid")],
  ["elu", tf.elu],
  ["fused elu", fused("elu")],
  ["selu", tf.selu],
  ["softplus", tf.softplus],
  ["logSigmoid", tf.logSigmoid],
];
const points = [0, 1e-7, 1e-3, 0.3, 1, 5, 12, 15, 18, 30, 60, 85];
const tails = Float32Array.from(points.flatMap((x) => [x, -x]));

/** As the cpu backend's; fp32 rounding of a few operators, and of what is subtracted from 1. */
function expectDigits(f: Unary, x: Float32Array, slack = 0): void {
  const found = compute((v) => f(v!), [x]);
  const expected = tf.tidy(() => f(tf.tensor(x)).dataSync());
  expected.forEach((value, i) => {
    const tolerance = 2e-6 * Math.abs(value) + slack;
    expect(Math.abs(found[i]! - value), `at ${x[i]}`).toBeLessThanOrEqual(tolerance);
  });
}

test.each(activations)("%s keeps its digits in the tails and near zero", (name, f) => {
  expectDigits(f, tails);
  // TF.js has no gradient of a fused sigmoid.
  if (!name.startsWith("fused"))
    expectDigits(
      tf.grad((x) => tf.sum(f(x))),
      tails,
      2 ** -23,
    );
});

test("the logarithm of a sigmoid has a gradient in the tail", () => {
  const f = (x: tf.Tensor) => tf.sum(tf.log(tf.sigmoid(x)));
  expectDigits(tf.grad(f), Float32Array.of(-85, -40, -20, -18, -15, -5, 0, 5));
});

test("NaN and infinity pass through activations as on the cpu backend", () => {
  const x = Float32Array.of(NaN, Infinity, -Infinity);
  for (const [, f] of activations) {
    const expected = tf.tidy(() => Array.from(f(tf.tensor(x)).dataSync()));
    expect(compute((v) => f(v!), [x])).toEqual(expected);
  }
});

test("whole numbers divided by zero give zero, and the process lives", () => {
  const [a, b] = [Int32Array.of(7, -7, 7, 5), Int32Array.of(2, 2, -2, 0)];
  expect(compute((x, y) => tf.floorDiv(x!, y!), [a, b])).toEqual([3, -4, -4, 0]);
  expect(compute((x, y) => tf.mod(x!, y!), [a, b])).toEqual([1, 1, -1, 5]);
});

test("the least whole number divided by −1 wraps as in TF.js, and the process lives", () => {
  const least = -(2 ** 31);
  const [a, b] = [Int32Array.of(least, 7, least, 7, least), Int32Array.of(-1, -1, 1, 1, -2)];
  expect(compute((x, y) => tf.floorDiv(x!, y!), [a, b])).toEqual([least, -7, least, 7, 2 ** 30]);
  expect(compute((x, y) => tf.div(x!, y!), [a, b])).toEqual([least, -7, least, 7, 2 ** 30]);
  expect(compute((x, y) => tf.mod(x!, y!), [a, b])).toEqual([0, 0, 0, 0, 0]);
  // Alone it is divided by another instruction than beside others.
  const alone = [Int32Array.of(least), Int32Array.of(-1)];
  expect(compute((x, y) => tf.floorDiv(x!, y!), alone)).toEqual([least]);
  expect(compute((x, y) => tf.mod(x!, y!), alone)).toEqual([0]);
});

test("NaN and infinity pass through masks and the gradient of ReLU", () => {
  const x = Float32Array.of(0, -1, 4, NaN);
  const masked: Unary = (v) => tf.mul(tf.cast(tf.greater(v, 0), "float32"), tf.log(v));
  const root = tf.grad((v) => tf.sum(tf.sqrt(tf.relu(v))));
  const logarithm = tf.grad((v) => tf.sum(tf.mul(tf.step(v), tf.log(v))));
  for (const f of [masked, root, logarithm]) {
    const expected = tf.tidy(() => Array.from(f(tf.tensor(x)).dataSync()));
    expect(compute((v) => f(v!), [x])).toEqual(expected);
  }
});

test("products of whole numbers are scaled and added", () => {
  const [a, c] = [Int32Array.of(1, 2, 3, 4), Int32Array.of(5, 6, 7, 8)];
  const square = (v: tf.Tensor) => tf.reshape(v, [2, 2]) as tf.Tensor2D;
  const two = tf.scalar(2, "int32");
  const sum = (x: tf.Tensor, y: tf.Tensor) =>
    tf.add(tf.mul(tf.matMul(square(x), square(x)), two), square(y));
  expect(compute((x, y) => sum(x!, y!), [a, c])).toEqual([19, 26, 37, 52]);
});

test("0 and −0 are two constants", () => {
  const x = Float32Array.of(1, 2);
  const quotient = (zeros: number[]) => (v: tf.Tensor) => tf.div(v, tf.tensor(zeros));
  const both = (v: tf.Tensor) => tf.concat([quotient([0, 0])(v), quotient([-0, -0])(v)]);
  expect(compute((v) => both(v!), [x])).toEqual([Infinity, Infinity, -Infinity, -Infinity]);
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

test.each([
  [false, false],
  [true, false],
  [false, true],
] as const)(
  "what is not finite stays with its neighbours when pictures are resized (%s, %s)",
  (alignCorners, halfPixelCenters) => {
    const picture = Float32Array.from({ length: 5 * 4 * 2 }, (_, i) => i % 7);
    picture[10] = NaN;
    picture[33] = Infinity;
    for (const size of [
      [3, 3],
      [5, 4],
      [9, 11],
    ] as [number, number][]) {
      const resize = (x: tf.Tensor) =>
        tf.image.resizeBilinear(
          tf.reshape(x, [1, 5, 4, 2]) as tf.Tensor4D,
          size,
          alignCorners,
          halfPixelCenters,
        );
      const expected = tf.tidy(() => Array.from(resize(tf.tensor(picture)).dataSync()));
      expect(expected.some(Number.isFinite) && expected.some(Number.isNaN)).toBe(true);
      const found = compute((x) => resize(x!), [picture]);
      expected.forEach((value, i) => {
        // One rounding of fp32, where the eager kernel computes in doubles.
        if (Number.isFinite(value)) expect(found[i]).toBeCloseTo(value, 5);
        else expect(found[i]).toBe(value);
      });
    }
  },
);

test.each([
  ["rows", (x: tf.Tensor, i: tf.Tensor) => tf.gather(tf.reshape(x, [3, 2]), tf.cast(i, "int32"))],
  [
    "rows of each sample",
    (x: tf.Tensor, i: tf.Tensor) =>
      tf.gather(tf.reshape(x, [2, 3]), tf.reshape(tf.cast(i, "int32"), [2, 1]), 1, 1),
  ],
])("%s with an index outside are refused, as by TF.js", (_, pick) => {
  const x = Float32Array.of(1, 2, 3, 4, 5, 6);
  const on = (...indices: number[]) =>
    compute((v, i) => pick(v!, i!), [x, Int32Array.from(indices)]);
  const eager = (...indices: number[]) =>
    tf.tidy(() => Array.from(pick(tf.tensor(x), tf.tensor1d(indices, "int32")).dataSync()));
  expect(on(2, 0)).toEqual(eager(2, 0));
  for (const indices of [
    [-1, 0],
    [0, -3],
    [3, 0],
  ]) {
    expect(() => eager(...indices)).toThrow("is not in");
    expect(() => on(...indices)).toThrow(/out of data bounds/);
  }
});
