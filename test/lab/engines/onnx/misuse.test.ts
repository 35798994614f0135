import { layers, sequential } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, test } from "vitest";
import { UserError } from "../../../../src/error.ts";
import { cpuEngine } from "../../../../src/lab/engines/cpu.ts";
import type { Data } from "../../../../src/lab/engines/onnx/value.ts";
import {
  compile,
  dropout,
  evaluate,
  exportModel,
  jit,
  registerOnnx,
  type TensorSpec,
  TraceError,
  uniform,
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

test("variables of types that graphs do not have are in nobody's way", () => {
  const word = tf.variable(tf.tensor(["word"]), false);
  const phase = tf.variable(tf.complex([1], [2]), false);
  const w = tf.variable(tf.scalar(2));
  const double = () => tf.mul(w, 2);
  expect(jit(double).run(1)).toEqual([Float32Array.of(4)]);
  expect(compile(double).run()).toEqual([Float32Array.of(4)]);
  expect(evaluate(double)).toEqual([Float32Array.of(4)]);
  expect(() => jit(() => tf.real(phase))).toThrow("tensors of type complex64 cannot be traced");
  const assign = () => {
    phase.assign(tf.complex(tf.reshape(w, [1]), [0]));
    return double();
  };
  expect(() => jit(assign)).toThrow("tensors of type complex64 cannot be traced");
  expect(() => jit(() => word.clone())).toThrow("tensors of type string cannot be traced");
  expect(tf.getBackend()).toBe("cpu");
  expect([...phase.dataSync()]).toEqual([1, 2]);
  phase.assign(tf.complex([3], [4]));
  expect([...phase.dataSync()]).toEqual([3, 4]);
  expect(word.dataSync()).toEqual(["word"]);
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
  ["nothing", null, /^jit\(\): input 0 is described by null; give its shape, e\.g\./],
];

test.each(specs)("an input described with %s", (_, spec, message) => {
  const described = [spec as TensorSpec];
  expect(complaint(() => jit((x) => tf.sum(x!), described))).toMatch(message);
  const compileIt = () => compile((x) => tf.sum(x!), described);
  expect(complaint(compileIt)).toMatch(/^compile\(\): input 0/);
  const exportIt = () => exportModel((x) => tf.sum(x!), described as [TensorSpec & { name: "x" }]);
  expect(complaint(exportIt)).toMatch(/^exportModel\(\): input 0/);
});

const calls: [string, (...given: unknown[]) => unknown][] = [
  ["jit()", jit as () => unknown],
  ["compile()", compile as () => unknown],
  ["evaluate()", evaluate as () => unknown],
  ["exportModel()", exportModel as () => unknown],
];

test.each(calls)("%s without a function, or a list of inputs", (name, call) => {
  expect(complaint(() => call())).toMatch(`${name} takes a function, and got undefined; pass`);
  expect(complaint(() => call(3))).toMatch(`${name} takes a function, and got the number 3`);
  if (name === "evaluate()") return;
  const described = () => call((x: tf.Tensor) => x, { shape: [1] });
  expect(complaint(described)).toMatch(
    `${name} takes a list that describes inputs, and got a value of type Object; pass one entry`,
  );
});

test("a function to export without its inputs, or a list of output names", () => {
  const double = (x: tf.Tensor) => tf.mul(x, 2);
  const call = exportModel as (...given: unknown[]) => unknown;
  expect(complaint(() => call(double))).toMatch(/list that describes inputs, and got undefined/);
  expect(complaint(() => call(double, []))).toMatch(/takes 1 inputs, of which 0 are described/);
  expect(complaint(() => call(double, [{ shape: [3] }]))).toMatch(/is named undefined; .* text/);
  expect(complaint(() => call(double, [{ name: "x", shape: [3] }], "y"))).toMatch(
    /a list of output names, and got the string y; give one name/,
  );
});

const options: [object | null, RegExp][] = [
  [{ threads: 0 }, /^jit\(\): the option threads is the number 0; give a whole number, at least 1/],
  [{ threads: -3 }, /threads is the number -3/],
  [{ threads: 1.5 }, /threads is the number 1\.5/],
  [{ threads: "two" }, /threads is the string two/],
  [{ convolution: "fft" }, /convolution is the string fft; one of winograd, im2col/],
  [{ stopBelow: NaN }, /stopBelow is the number NaN; give a number/],
  [{ stopBelow: "0.1" }, /stopBelow is the string 0\.1/],
  [{ stopbelow: 1 }, /^jit\(\) has no option stopbelow; one of threads, convolution, stopBelow/],
  [null, /takes options as an object, and got null/],
];

test.each(options)("the options %j", (given, message) => {
  expect(complaint(() => jit(() => tf.scalar(1), [], given as object))).toMatch(message);
  const compileIt = () => compile(() => tf.scalar(1), [], given as object);
  expect(complaint(compileIt)).toMatch(/^compile\(\)/);
  expect(complaint(() => evaluate(() => tf.scalar(1), given as object))).toMatch(/^evaluate\(\)/);
});

const reading: [string, (x: tf.Tensor) => tf.Tensor][] = [
  ["an input", (x) => tf.mul(x, x.dataSync()[0]!)],
  ["what is made of it", (x) => tf.mul(x, tf.sum(tf.square(x)).dataSync()[0]!)],
];

test.each(reading)("a function that reads %s", (_, compute) => {
  const attempts = [
    () => jit((x) => compute(x!), [{ shape: [3] }]),
    () => compile((x) => compute(x!), [{ shape: [3] }]),
    () => exportModel((x) => compute(x!), [{ name: "x", shape: [3] }]),
  ];
  for (const attempt of attempts) {
    expect(attempt).toThrow(TraceError);
    expect(attempt).toThrow(/reads a tensor of shape .* return the tensor instead/);
  }
});

test("a compiled function may read what does not depend on its inputs", () => {
  const w = tf.variable(tf.fill([5000], 3));
  const scale = compile((x) => tf.mul(x!, tf.mean(w).dataSync()[0]!), [{ shape: [1] }]);
  expect(scale.run([Float32Array.of(2)])).toEqual([Float32Array.of(6)]);
});

const step = tf.scalar(4, "int32");
const draws: [string, () => unknown, RegExp][] = [
  ["no step", () => uniform([2], 3, undefined as never), /^uniform\(\): the step is undefined/],
  ["a number as step", () => uniform([2], 3, 4 as never), /is the number 4; pass a scalar, e\.g\./],
  ["a vector as step", () => uniform([2], 3, tf.zeros([2])), /the step is of shape \[2\]/],
  [
    "half a seed",
    () => uniform([2], 1.5, step),
    /the seed is the number 1\.5; give a whole number/,
  ],
  ["NaN as seed", () => uniform([2], NaN, step), /the seed is the number NaN/],
  ["a negative shape", () => uniform([-2], 1, step), /the shape is \[-2\]/],
  ["no list as shape", () => uniform(2 as never, 1, step), /the shape is 2; give a list/],
  [
    "rate 1",
    () => dropout(tf.ones([4]), 1, 1, step),
    /^dropout\(\): the rate is the number 1; .* 1/,
  ],
  ["rate 50", () => dropout(tf.ones([4]), 50, 1, step), /the rate is the number 50/],
  ["rate -1", () => dropout(tf.ones([4]), -1, 1, step), /the rate is the number -1/],
  ["no rate", () => dropout(tf.ones([4]), NaN, 1, step), /the rate is the number NaN/],
  [
    "no seed",
    () => dropout(tf.ones([4]), 0.5, null as never, step),
    /^dropout\(\): the seed is null/,
  ],
];

test.each(draws)("random numbers of %s", (_, draw, message) => {
  expect(complaint(draw)).toMatch(message);
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
  const message = "the function assigns the variable total; jit() compiles steps";
  expect(complaint(() => compile(compute, [{ shape: [2] }]))).toMatch(`compile(): ${message}`);
  const exportIt = () => exportModel(compute, [{ name: "x", shape: [2] }]);
  expect(complaint(exportIt)).toMatch(`exportModel(): ${message}`);
  expect(w.dataSync()[0]).toBe(3);
});

test("a function to export that changes from call to call", () => {
  let rate = 2;
  const scale = (x: tf.Tensor) => tf.mul(x, rate++);
  expect(complaint(() => exportModel(scale, [{ name: "x", shape: [2] }]))).toMatch(
    /changes from call to call: what Mul reads is/,
  );
});

test("batch normalization compiled or exported in training mode", () => {
  const model = sequential({ layers: [layers.batchNormalization({ inputShape: [3] })] });
  const before = model.getWeights().map((weights) => [...weights.dataSync()]);
  const train = (x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;
  const message = /assigns the variable .*moving_mean.*; batchNormalization does in training mode/;
  expect(complaint(() => exportModel(train, [{ name: "x", shape: [4, 3] }]))).toMatch(message);
  expect(complaint(() => compile(train, [{ shape: [4, 3] }]))).toMatch(message);
  expect(model.getWeights().map((weights) => [...weights.dataSync()])).toEqual(before);
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
