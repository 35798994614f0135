import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs";
import { afterEach, describe, expect, test } from "vitest";
import {
  compile,
  evaluate,
  exportModel,
  jit,
  registerOnnx,
} from "../../../../src/lab/engines/onnx/index.ts";
import { split } from "../../../../src/lab/random.ts";
import { compiled, eager, type Compile } from "./eager.ts";

/* Whoever changes a variable, a program computes with what it holds, as TF.js would. */

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

/** The same numbers in every call. */
function weights(rows: number, columns: number, name: string): tf.Variable<tf.Rank.R2> {
  const random = split(2, name);
  const values = Float32Array.from({ length: rows * columns }, () => 0.05 * random.normal());
  return tf.variable(tf.tensor2d(values, [rows, columns]));
}

const contents = (variables: tf.Variable[]) =>
  variables.map((variable) => Float32Array.from(variable.dataSync()));

/** Differences in units of how far the reference went. */
function expectSame(found: Float32Array[], expected: Float32Array[], initial: Float32Array[]) {
  expected.forEach((values, i) => {
    let [difference, update] = [0, 0];
    values.forEach((value, j) => {
      difference = Math.max(difference, Math.abs(value - found[i]![j]!));
      update = Math.max(update, Math.abs(value - initial[i]![j]!));
    });
    expect(update).toBeGreaterThan(0);
    // Rounding in float32, which Adam magnifies where a gradient is near zero.
    expect(difference / update).toBeLessThan(1e-3);
  });
}

/** Runs a scenario with programs and without. */
function expectAsEager(
  create: () => tf.Variable[],
  scenario: (compile: Compile, variables: tf.Variable[]) => void,
) {
  const [found, expected] = [compiled, eager].map((compile) => {
    const variables = create();
    const initial = contents(variables);
    scenario(compile, variables);
    const after = contents(variables);
    tf.disposeVariables();
    return { initial, after };
  });
  expectSame(found!.after, expected!.after, expected!.initial);
}

// The graph's own loop, and weights large enough to be updated in place.
describe.each([
  ["small", 8],
  ["large", 384],
])("%s weights", (_, size) => {
  const createPair = () => [weights(size, size, "generator"), weights(size, size, "critic")];

  test("two programs with an optimizer each work on each other's weights", () => {
    expectAsEager(createPair, (compile, [generator, critic]) => {
      const noise = tf.fill([1, size], 0.3);
      const real = tf.fill([1, size], -0.2);
      const score = (x: tf.Tensor2D) =>
        tf.mean(tf.tanh(tf.matMul(x, critic as tf.Tensor2D))) as tf.Scalar;
      const made = () => tf.tanh(tf.matMul(noise, generator as tf.Tensor2D)) as tf.Tensor2D;
      const [first, second] = [tf.train.adam(0.01), tf.train.momentum(0.05, 0.9)];
      const improve = compile(() =>
        first.minimize(() => tf.neg(score(made())) as tf.Scalar, true, [generator!])!,
      );
      const judge = compile(() =>
        second.minimize(
          () => tf.sub(score(made()), score(real as tf.Tensor2D)) as tf.Scalar,
          true,
          [critic!],
        )!,
      );
      for (let round = 0; round < 3; round++) {
        judge.run(2);
        improve.run(1);
      }
      improve.sync();
      judge.sync();
    });
  });

  test("a program that evaluates sees the steps of the one that trains", () => {
    const [w] = createPair();
    const x = tf.fill([1, size], 0.3) as tf.Tensor2D;
    const loss = () => tf.mean(tf.square(tf.sub(tf.matMul(x, w as tf.Tensor2D), 0.5))) as tf.Scalar;
    const optimizer = tf.train.sgd(0.1);
    const training = jit(() => optimizer.minimize(loss, true, [w!])!);
    const evaluation = jit(loss);
    const losses = [...training.run(1)[0]!, ...training.run(1)[0]!, ...training.run(1)[0]!];
    expect(evaluation.run(1)[0]![0]).toBeLessThan(Number(losses[2]));
    const again = training.run(1)[0]![0];
    expect(evaluation.run(2)[0]![1]).toBeLessThan(Number(again));
    // So does all else that computes with it.
    expect(evaluate(loss)[0]![0]).toBeCloseTo(Number(evaluation.run(1)[0]![0]), 6);
    expect(w!.dataSync()).toEqual(evaluate(() => tf.add(w!, 0))[0]);
  });

  test("what is assigned after compiling, and between runs, counts", () => {
    expectAsEager(createPair, (compile, [w, target]) => {
      const optimizer = tf.train.momentum(0.1, 0.5);
      const loss = () => tf.sum(tf.square(tf.sub(w!, target!))) as tf.Scalar;
      const program = compile(() => optimizer.minimize(loss, true, [w!])!);
      w!.assign(tf.mul(w!, 2));
      program.run(2);
      target!.assign(tf.add(target!, 1));
      program.run(1);
      w!.assign(tf.fill([size, size], 0.25));
      program.run(3);
      program.sync();
    });
  });

  test("sync leaves alone what was assigned after the last run", () => {
    const [w] = createPair();
    const program = jit(() => {
      w!.assign(tf.add(w!, 1));
      return tf.sum(w!);
    });
    program.run(1);
    w!.assign(tf.fill([size, size], 7));
    program.sync();
    expect(w!.dataSync()[0]).toBe(7);
    program.run(1);
    program.dispose();
    expect(w!.dataSync()[0]).toBe(8);
  });
});

test("a layers model's weights may be set between runs", () => {
  const model = sequential({
    layers: [layers.dense({ units: 1, inputShape: [2], useBias: false })],
  });
  const x = tf.tensor2d([[1, 10]]);
  const optimizer = tf.train.sgd(0.5);
  const kernel = model.trainableWeights[0]!.read() as tf.Variable;
  const program = jit(() =>
    optimizer.minimize(() => tf.sum(model.apply(x) as tf.Tensor) as tf.Scalar, true, [kernel])!,
  );
  model.setWeights([tf.tensor2d([[1], [2]])]);
  expect([...program.run(2)[0]!]).toEqual([21, 21 - 0.5 * 101]);
  model.setWeights([tf.tensor2d([[3], [4]])]);
  expect([...program.run(1)[0]!]).toEqual([43]);
  program.sync();
  expect([...(model.getWeights()[0]!.dataSync() as Float32Array)]).toEqual([2.5, -1]);
});

test("a scalar that leaves the interval the graph was simplified for is right as well", () => {
  const create = () => [weights(96, 96, "w"), tf.variable(tf.tensor(0.9))];
  expectAsEager(create, (compile, [w, s]) => {
    // √(X·s) becomes √X·√s while s is known to stay in (0, 1).
    const program = compile(() => {
      const root = tf.sqrt(tf.mul(tf.sub(w!, 1), s!));
      w!.assign(tf.sub(w!, tf.mul(root, 0.1)));
      s!.assign(tf.mul(s!, 0.5));
      return tf.sum(w!);
    });
    s!.assign(tf.tensor(-0.9));
    expect(program.run(2)[0]![1]).not.toBeNaN();
    program.sync();
  });
});

test("what is compiled or exported holds the steps made so far", () => {
  const w = tf.variable(tf.scalar(1));
  const program = jit(() => {
    w.assign(tf.add(w, 1) as tf.Scalar);
    return w.clone();
  });
  program.run(4);
  const scale = compile((x) => tf.mul(x, w), [{ shape: [1] }]);
  expect([...scale.run([Float32Array.of(2)])[0]!]).toEqual([10]);
  const bytes = exportModel((x) => tf.mul(x!, w), [{ name: "x", shape: [1] }]);
  expect(Buffer.from(bytes).includes(Buffer.from(Float32Array.of(5).buffer))).toBe(true);
});

test("a run with a variable that is disposed of says so", () => {
  const w = tf.variable(tf.scalar(1), true, "gone");
  const program = jit(() => tf.mul(w, 2));
  program.run(1);
  w.dispose();
  expect(() => program.run(1)).toThrow("run(): the variable gone of the step is disposed of");
  program.dispose();
});

test("programs leave nothing behind but the optimizer's slots", () => {
  const w = weights(8, 8, "w");
  const optimizer = tf.train.adam(0.01);
  const loss = () => tf.sum(tf.square(w)) as tf.Scalar;
  // Slots that start alike share their data until the first step.
  const first = jit(() => optimizer.minimize(loss, true, [w])!);
  first.run(1);
  first.dispose();
  const { numTensors, numDataBuffers } = tf.memory();
  for (let i = 0; i < 3; i++) {
    const program = jit(() => optimizer.minimize(loss, true, [w])!);
    program.run(2);
    program.sync();
    program.run(1);
    program.dispose();
  }
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
});
