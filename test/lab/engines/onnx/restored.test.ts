import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { jit, registerOnnx } from "../../../../src/lab/engines/onnx/index.ts";
import { compiled, eager, type Compile } from "./eager.ts";

/* An optimizer that was saved, restored or changed goes on as TF.js itself would. */

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

type Weights = Awaited<ReturnType<tf.Optimizer["getWeights"]>>;

/** Copies that no later step changes. */
const save = async (optimizer: tf.Optimizer): Promise<Weights> =>
  (await optimizer.getWeights()).map(({ name, tensor }) => ({
    name,
    tensor: tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype),
  }));

function createProblem() {
  const w = tf.variable(tf.tensor1d([1, -2, 3, 0.5]));
  const loss = () => tf.sum(tf.square(tf.square(w))) as tf.Scalar;
  const minimise = (compile: Compile, optimizer: tf.Optimizer) =>
    compile(() => optimizer.minimize(loss, true, [w])!);
  return { w, minimise };
}

/** The loss of every step, and the optimizer's count after it all. */
type Course = { losses: number[]; iterations: number };

async function expectAsEager(scenario: (compile: Compile) => Promise<Course>): Promise<void> {
  const found = await scenario(compiled);
  const expected = await scenario(eager);
  expect(found.iterations).toBe(expected.iterations);
  expect(found.losses).toHaveLength(expected.losses.length);
  found.losses.forEach((loss, i) => expect(loss / expected.losses[i]!).toBeCloseTo(1, 5));
}

test("Adam counts the steps of a program, and a restored one goes on with them", async () => {
  await expectAsEager(async (compile) => {
    const { minimise } = createProblem();
    const first = tf.train.adam(0.1);
    const program = minimise(compile, first);
    const losses = [...program.run(5)[0]!];
    program.dispose();
    expect(first.iterations).toBe(5);
    const second = tf.train.adam(0.1);
    await second.setWeights(await save(first));
    const restored = minimise(compile, second);
    losses.push(...restored.run(3)[0]!);
    restored.sync();
    return { losses: losses.map(Number), iterations: second.iterations };
  });
});

test("weights that are restored after compiling, and before the next run, count", async () => {
  await expectAsEager(async (compile) => {
    const { w, minimise } = createProblem();
    const optimizer = tf.train.adam(0.1);
    const program = minimise(compile, optimizer);
    const losses = [...program.run(4)[0]!];
    program.sync();
    const saved = await save(optimizer);
    const start = w.clone();
    losses.push(...program.run(4)[0]!);
    await optimizer.setWeights(saved);
    w.assign(start);
    losses.push(...program.run(4)[0]!);
    expect(losses.slice(8)).toEqual(losses.slice(4, 8));
    return { losses: losses.map(Number), iterations: optimizer.iterations };
  });
});

test.each([
  ["momentum", () => tf.train.momentum(0.01, 0.9)],
  ["RMSProp", () => tf.train.rmsprop(0.01, 0.9, 0.5)],
  ["Adagrad", () => tf.train.adagrad(0.1)],
  ["Adadelta", () => tf.train.adadelta(1e-4)],
])("%s is restored as well", async (_, create) => {
  await expectAsEager(async (compile) => {
    const { minimise } = createProblem();
    const [first, second] = [create(), create()];
    const program = minimise(compile, first);
    const losses = [...program.run(3)[0]!];
    program.dispose();
    await second.setWeights(await save(first));
    losses.push(...minimise(compile, second).run(3)[0]!);
    return { losses: losses.map(Number), iterations: second.iterations };
  });
});

test("a rate that is changed between runs is used from then on", async () => {
  await expectAsEager(async (compile) => {
    const { minimise } = createProblem();
    const adam = tf.train.adam(0.1);
    const program = minimise(compile, adam);
    const losses = [...program.run(3)[0]!];
    (adam as unknown as { learningRate: number }).learningRate = 0.01;
    losses.push(...program.run(3)[0]!);
    const sgd = tf.train.sgd(0.001);
    const other = minimise(compile, sgd);
    losses.push(...other.run(2)[0]!);
    sgd.setLearningRate(0.002);
    losses.push(...other.run(2)[0]!);
    return Promise.resolve({ losses: losses.map(Number), iterations: adam.iterations });
  });
});

test("a run that stops early counts the steps it made, and tracing counts none", () => {
  const { w } = createProblem();
  const optimizer = tf.train.sgd(0.01);
  const program = jit(
    () => optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar, true, [w])!,
    [],
    { stopBelow: 13.5 },
  );
  expect(optimizer.iterations).toBe(0);
  // 14.25, then 0.98² of it, and so on.
  expect(program.run(100)[0]).toHaveLength(3);
  expect(optimizer.iterations).toBe(3);
  program.dispose();
});
