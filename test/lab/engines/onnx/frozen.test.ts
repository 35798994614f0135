import { randomBytes } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { UserError } from "../../../../src/error.ts";
import {
  compile,
  dropout,
  jit,
  registerOnnx,
  uniform,
} from "../../../../src/lab/engines/onnx/index.ts";

/* What a step computes in JavaScript would be repeated as it was: a step that changes is refused. */

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

let calls = 0;
const random = (seed: number) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const [own, started] = [random(1), Date.now()];

const changing: [string, (w: tf.Variable<tf.Rank.R1>) => tf.Tensor, RegExp][] = [
  ["a counter", (w) => tf.mul(w, 0.1 / ++calls), /what Mul reads is 0\.\d+ in one call and 0\.0/],
  ["own random numbers", (w) => tf.add(w, tf.tensor1d([own(), own()])), /what Add reads is/],
  ["random bytes", (w) => tf.add(w, randomBytes(4).readInt32LE()), /what Add reads is/],
  ["Date.now", (w) => tf.mul(w, Date.now() - started), /what Mul reads is/],
  ["new Date", (w) => tf.mul(w, new Date().getTime() - started), /what Mul reads is/],
  ["performance.now", (w) => tf.mul(w, performance.now()), /what Mul reads is/],
  [
    "a condition",
    (w) => (calls++ % 2 ? tf.sin(w) : tf.cos(w)),
    /it computes (Sin|Cos) in one call/,
  ],
  [
    "a loop that grows",
    (w) => Array.from({ length: ++calls }).reduce<tf.Tensor>(tf.exp, w),
    /it computes Add in one call where it computes Exp/,
  ],
  ["a result", () => tf.scalar(++calls), /result 0 is \d+ in one call and \d+ in the next/],
  ["an attribute", (w) => tf.leakyRelu(w, 0.1 * ++calls), /changes|reads/],
  ["a shape", (w) => tf.pad(w, [[0, ++calls]]), /in one call and/],
  [
    "a new variable in every call",
    (w) => tf.mul(w, tf.variable(tf.scalar(2))),
    /uses the variable/,
  ],
];

test.each(changing)("%s is refused, and variables keep what they hold", (_, step, message) => {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const program = () =>
    jit(() => {
      const result = step(w);
      w.assign(tf.add(w, 1));
      return result;
    });
  expect(program).toThrow(UserError);
  expect(program).toThrow(message);
  expect([...w.dataSync()]).toEqual([1, 2]);
  expect(tf.getBackend()).toBe("cpu");
  expect(Math.abs(Date.now() - started)).toBeLessThan(600_000);
});

test("a rate that the step itself lowers is refused, and the optimizer's count stays", () => {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const optimizer = tf.train.adam(0.1);
  const rate = optimizer as unknown as { learningRate: number };
  const loss = () => tf.sum(tf.square(w)) as tf.Scalar;
  const byCount = () => {
    rate.learningRate = 0.1 / (1 + optimizer.iterations);
    return optimizer.minimize(loss, true, [w])!;
  };
  expect(() => jit(byCount)).toThrow(/changes from call to call: what Mul reads is -0\.1/);
  expect(optimizer.iterations).toBe(0);
});

test("a compiled function that draws numbers is refused", () => {
  const noisy = (x: tf.Tensor) => tf.dropout(x, 0.5);
  expect(() => compile(noisy, [{ shape: [100] }])).toThrow(/changes from call to call/);
});

test("what is the same in every call is not", () => {
  const w = tf.variable(tf.ones([40]));
  const count = tf.variable(tf.scalar(0, "int32"), false);
  const captured = tf.randomNormal([40], 0, 1, "float32", 3);
  const optimizer = tf.train.adam(0.1);
  let late: tf.Variable | undefined;
  const log: number[] = [];
  const program = jit(() => {
    log.push(Date.now());
    late ??= tf.variable(tf.zeros([40]));
    const seeded = tf.randomUniform([40], 0, 1, "float32", 5);
    const noise = tf.mul(uniform([40], 1, count as unknown as tf.Scalar), seeded);
    const loss = () => {
      const kept = dropout(
        tf.mul(tf.add(w, noise), captured),
        0.3,
        2,
        count as unknown as tf.Scalar,
      );
      return tf.sum(tf.square(kept)) as tf.Scalar;
    };
    late.assign(tf.add(late, noise));
    count.assign(tf.add(count, tf.scalar(1, "int32")));
    return optimizer.minimize(loss, true, [w])!;
  });
  expect(log).toHaveLength(2);
  expect(program.run(3)[0]!).toHaveLength(3);
  program.sync();
  expect(count.dataSync()[0]).toBe(3);
});
