import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, test } from "vitest";
import { UserError } from "../../../../src/error.ts";
import { cpuEngine } from "../../../../src/lab/engines/cpu.ts";
import type { Data } from "../../../../src/lab/engines/onnx/value.ts";
import {
  compile,
  evaluate,
  jit,
  registerOnnx,
  type TensorSpec,
} from "../../../../src/lab/engines/onnx/index.ts";

/* Mistakes are answered by a sentence that names the call and says what to do. */

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

/** @returns message and hint. */
function complaint(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return `${(error as UserError).message}; ${(error as UserError).hint}`;
  }
  throw new Error("nothing was thrown");
}

const wrong: [string, () => Data[], RegExp][] = [
  ["too long", () => [new Float32Array(9), new Int32Array(3)], /input 0 is too long, with 9 .* 6$/],
  ["too short", () => [new Float32Array(5), new Int32Array(3)], /input 0 is too short, with 5/],
  ["for fewer steps", () => [new Float32Array(6), new Int32Array(2)], /input 1 is too short/],
  ["missing", () => [new Float32Array(6)], /run\(3\) takes 2 arrays, and got 1; pass a list/],
  ["none at all", () => undefined as unknown as Data[], /takes 2 arrays, and got 0/],
  [
    "one too many",
    () => [new Float32Array(6), new Int32Array(3), new Int32Array(3)],
    /takes 2 arrays, and got 3/,
  ],
  [
    "of another type",
    () => [new Float32Array(6), new Float32Array(3)],
    /input 1 .* an? Int32Array/,
  ],
  [
    "of float64",
    () => [new Float64Array(6) as unknown as Data, new Int32Array(3)],
    /input 0 is a value of type Float64Array; .*Float32Array/,
  ],
  [
    "a list of numbers",
    () => [[1, 2, 3, 4, 5, 6] as unknown as Data, new Int32Array(3)],
    /input 0 is a value of type Array/,
  ],
  ["undefined", () => [undefined as unknown as Data, new Int32Array(3)], /input 0 is undefined/],
  ["no list", () => new Float32Array(6) as unknown as Data[], /takes 2 arrays, and got a value of/],
];

// The graph's own loop, and weights large enough to be updated in place.
describe.each([
  ["small", 8],
  ["large", 384],
])("batches beside %s weights", (_, size) => {
  test("that do not fit are refused before the first step", () => {
    const w = tf.variable(tf.zeros([size, size]));
    const program = jit(
      (x, n) => {
        const change = tf.add(tf.sum(x!), tf.cast(tf.sum(n!), "float32"));
        w.assign(tf.add(w, change));
        return tf.mean(w);
      },
      [{ shape: [2] }, { shape: [], dtype: "int32" }],
    );
    program.run(1, [Float32Array.of(1, 1), Int32Array.of(1)]);
    for (const [, arrays, message] of wrong) {
      expect(complaint(() => program.run(3, arrays()))).toMatch(message);
    }
    program.sync();
    expect(w.dataSync()[0]).toBe(3);
    program.dispose();
  });
});

const returned: [string, () => unknown, RegExp][] = [
  ["undefined", () => undefined, /returned undefined where a tensor is expected; return the loss/],
  [
    "null",
    () => null,
    /returned null where .* minimize\(\) gives it if its second argument is true/,
  ],
  ["a number", () => 3, /returned the number 3 .* return a tensor/],
  ["an object", () => ({ loss: tf.scalar(1) }), /returned a value of type Object/],
  ["a list with a hole", () => [tf.scalar(1), undefined], /returned undefined/],
  [
    "a promise",
    async () => Promise.resolve(tf.scalar(1)),
    /type Promise .* without async and await/,
  ],
  ["a promise that fails", async () => Promise.reject(new Error("late")), /type Promise/],
  [
    "a disposed tensor",
    () => {
      const result = tf.scalar(1);
      result.dispose();
      return result;
    },
    /disposed of; return it from tf\.tidy/,
  ],
];

test.each(returned)("a function that returns %s", async (_, step, message) => {
  const compute = step as () => tf.Tensor;
  expect(complaint(() => jit(compute))).toMatch(/^the step returned/);
  expect(complaint(() => jit(compute))).toMatch(message);
  expect(complaint(() => compile(compute))).toMatch(message);
  expect(complaint(() => evaluate(compute))).toMatch(message);
  const engine = (await cpuEngine())();
  const trainer = engine.compile(compute as () => tf.Scalar, { stopBelow: 0 });
  expect(complaint(() => trainer.run(1))).toMatch(message);
  expect(complaint(() => engine.evaluate(compute as unknown as () => tf.Tensor[]))).toMatch(
    message,
  );
});

test("a variable of a type that graphs do not have leaves the backend as it was", () => {
  tf.variable(tf.tensor(["word"]));
  expect(() => jit(() => tf.scalar(1))).toThrow("tensors of type string cannot be traced");
  expect(tf.getBackend()).toBe("cpu");
});

test("minimize() without its second argument", () => {
  const w = tf.variable(tf.scalar(1));
  const optimizer = tf.train.sgd(0.1);
  const step = () => optimizer.minimize(() => tf.square(w) as tf.Scalar, false, [w]) as tf.Scalar;
  expect(complaint(() => jit(step))).toMatch(/the step returned null/);
  expect(optimizer.iterations).toBe(0);
});

const specs: [string, unknown, RegExp][] = [
  ["null", { shape: [null, 3] }, /^jit\(\): input 0 has the shape \[null,3\]; give whole numbers/],
  ["-1", { shape: [-1, 3] }, /has the shape \[-1,3\]/],
  ["a fraction", { shape: [1.5] }, /has the shape \[1\.5\]/],
  ["no list", { shape: 3 }, /has the shape 3/],
  ["no shape", {}, /has the shape undefined/],
  ["a type", { shape: [3], dtype: "string" }, /has the type string; one of float32, int32, bool/],
];

test.each(specs)("an input described with %s", (_, spec, message) => {
  const described = [spec as TensorSpec];
  expect(complaint(() => jit((x) => tf.sum(x!), described))).toMatch(message);
  const compileIt = () => compile((x) => tf.sum(x!), described);
  expect(complaint(compileIt)).toMatch(/^compile\(\): input 0/);
});

test("an input that is not described", () => {
  const step = (x: tf.Tensor, y: tf.Tensor) => tf.add(x, y);
  expect(complaint(() => jit(step as () => tf.Tensor, [{ shape: [1] }]))).toMatch(
    /^jit\(\): the function takes 2 inputs, of which 1 are described; describe each/,
  );
});

test.each([0, -1, 1.5, NaN, Infinity, "3"])("run(%s)", async (steps) => {
  const program = jit(() => tf.scalar(1));
  const message = `run(${steps}) makes no steps; ask for a whole number of steps, at least 1`;
  expect(complaint(() => program.run(steps as number))).toBe(message);
  const engine = (await cpuEngine())();
  const trainer = engine.compile(() => tf.scalar(1), { stopBelow: 0 });
  expect(complaint(() => trainer.run(steps as number))).toBe(message);
});

test("run() after dispose(), which may be called twice", () => {
  const program = jit(() => tf.scalar(1));
  const scale = compile((x) => tf.mul(x, 2), [{ shape: [1] }]);
  expect(complaint(() => scale.run([]))).toMatch(/^run\(\) takes 1 arrays, and got 0/);
  expect(complaint(() => scale.run([new Float32Array(2)]))).toMatch(
    /^run\(\): input 0 is too long/,
  );
  for (const compiled of [program, scale]) {
    compiled.dispose();
    compiled.dispose();
    expect(complaint(() => compiled.run(1 as never))).toMatch(/after its dispose\(\); dispose of/);
  }
  program.sync();
});

test("a compiled function that assigns a variable, which keeps what it holds", () => {
  const w = tf.variable(tf.scalar(3), true, "total");
  const compute = (x: tf.Tensor) => {
    w.assign(tf.add(w, tf.sum(x)));
    return w.clone();
  };
  const message = "compile(): the function assigns the variable total; jit() compiles steps";
  expect(complaint(() => compile(compute, [{ shape: [2] }]))).toMatch(message);
  expect(w.dataSync()[0]).toBe(3);
});

test("stopBelow without a scalar to look at", () => {
  const compileIt = (step: () => tf.Tensor | tf.Tensor[]) => () => jit(step, [], { stopBelow: 1 });
  expect(complaint(compileIt(() => []))).toMatch(/first result .* stopBelow looks at, is missing/);
  expect(complaint(compileIt(() => tf.ones([2])))).toMatch(/is float32 \[2\]; return a float32/);
  expect(complaint(compileIt(() => tf.scalar(1, "int32")))).toMatch(/is int32 \[\]/);
});

test("programs inside a step", () => {
  const inner = jit(() => tf.scalar(1));
  const calls = [
    () => inner.run(1),
    () => jit(() => tf.scalar(1)),
    () => evaluate(() => tf.scalar(1)),
  ];
  for (const call of calls) {
    const step = () => {
      call();
      return tf.scalar(2);
    };
    expect(complaint(() => jit(step))).toMatch(
      /inside a step that is being traced; call the TF.js/,
    );
  }
});
