import * as tf from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, test } from "vitest";
import { jit, registerOnnx } from "../../../../src/lab/engines/onnx/index.ts";
import { findResident } from "../../../../src/lab/engines/onnx/resident.ts";
import { simplify } from "../../../../src/lab/engines/onnx/peephole.ts";
import { trace } from "../../../../src/lab/engines/onnx/trace.ts";
import { createOptimizer } from "../../../../src/lab/optimizers/optimizer.ts";
import type { Optimizer } from "../../../../src/lab/optimizers/options.ts";
import { split } from "../../../../src/lab/random.ts";

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

const optimizers: Optimizer[] = [
  { kind: "sgd", learningRate: 0.05 },
  { kind: "momentum", learningRate: 0.05, momentum: 0.9 },
  { kind: "adam", learningRate: 0.001 },
  { kind: "ngd", cap: 0.05, lossFraction: 0.5, settling: 0 },
];

/** Two dense layers, 256 → 600 → 256; the gradients' rows and columns differ in length. */
function createNetwork(batch: number) {
  const random = split(3, "network");
  const normal = (shape: number[], scale: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => random.normal() * scale),
      shape,
    );
  };
  const x = normal([batch, 256], 1) as tf.Tensor2D;
  const variables = [normal([256, 600], 0.06), normal([600, 256], 0.04), normal([256], 0.1)].map(
    (initial) => tf.variable(initial),
  );
  const [first, second, biases] = variables as [tf.Variable, tf.Variable, tf.Variable];
  const loss = () => {
    const hidden = tf.relu(tf.matMul(x, first as unknown as tf.Tensor2D));
    const output = tf.add(
      tf.matMul(hidden as tf.Tensor2D, second as unknown as tf.Tensor2D),
      biases,
    );
    return tf.losses.meanSquaredError(x, output) as tf.Scalar;
  };
  return { loss, variables };
}

const contents = (variables: tf.Variable[]) => variables.map((v) => v.dataSync().slice());

describe.each(optimizers)("$kind", (spec) => {
  test.each([1, 2])("large weights end as on the cpu backend, batch of %i", (batch) => {
    const { loss, variables } = createNetwork(batch);
    const initial = contents(variables);
    const step = createOptimizer(spec);
    const program = jit(() => step(loss, variables));
    const losses = [...program.run(3)[0]!, ...program.run(2)[0]!].map(Number);
    program.sync();
    const trained = contents(variables);
    program.dispose();
    variables.forEach((v, i) => v.assign(tf.tensor(initial[i]!, v.shape)));
    const reference = createOptimizer(spec);
    const expected = [1, 2, 3, 4, 5].map(() => reference(loss, variables).dataSync()[0]!);
    losses.forEach((value, i) => expect(Math.abs(value / expected[i]! - 1)).toBeLessThan(1e-5));
    contents(variables).forEach((values, i) => {
      let [difference, update] = [0, 0];
      values.forEach((value, j) => {
        difference = Math.max(difference, Math.abs(value - trained[i]![j]!));
        update = Math.max(update, Math.abs(value - initial[i]![j]!));
      });
      // Rounding of fp32 weights and sums, in units of the largest update.
      expect(difference / update).toBeLessThan(1e-3);
    });
  });

  test("both weights are found, with what the optimizer keeps of them", () => {
    const { loss, variables } = createNetwork(1);
    const step = createOptimizer(spec);
    const groups = findResident(simplify(trace(() => step(loss, variables), [], "winograd")));
    const moments = { sgd: 0, ngd: 0, momentum: 1, adam: 2 }[spec.kind];
    expect(groups.map(({ states }) => states.length)).toEqual([1 + moments, 1 + moments]);
    expect(groups.map(({ shape }) => shape)).toEqual([
      [256, 600],
      [600, 256],
    ]);
  });
});

test("larger batches: gradients are read from memory, unless one product is the whole update", () => {
  const { loss, variables } = createNetwork(2);
  const find = (spec: Optimizer) => {
    const step = createOptimizer(spec);
    return findResident(simplify(trace(() => step(loss, variables), [], "winograd")));
  };
  expect(find({ kind: "adam", learningRate: 0.001 }).map(({ streams }) => streams.length)).toEqual([
    1, 1,
  ]);
  expect(find({ kind: "sgd", learningRate: 0.001 })).toEqual([]);
});

test("a weight that another result reads after its update stays in the graph", () => {
  const { loss, variables } = createNetwork(1);
  const step = createOptimizer({ kind: "sgd", learningRate: 0.05 });
  const program = () => {
    const value = step(loss, variables);
    return [value, tf.sum(variables[0]!)];
  };
  const groups = findResident(simplify(trace(program, [], "winograd")));
  expect(groups.map(({ shape }) => shape)).toEqual([[600, 256]]);
});

test("a run ends below a loss, and at NaN, with batches", () => {
  const w = tf.variable(tf.ones([512, 512]));
  const program = jit(
    (x) => {
      const row = x as tf.Tensor2D;
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.square(tf.matMul(row, w as unknown as tf.Tensor2D))) as tf.Scalar,
        [w],
      );
      w.assign(tf.sub(w, tf.mul(grads[w.name]!, 0.2)));
      return value;
    },
    [{ shape: [1, 512] }],
    { stopBelow: 1e-3 },
  );
  const row = new Float32Array(512).fill(1 / 16);
  const batches = (steps: number) =>
    Float32Array.from({ length: steps * 512 }, (_, i) => row[i % 512]!);
  // The row's squared norm is 2 and the gradient 2/512 · xᵀ(xW): losses shrink by one factor.
  const losses = [...program.run(40, [batches(40)])[0]!].map(Number);
  const factor = (1 - (0.2 * 2 * 2) / 512) ** 2;
  losses.slice(0, 5).forEach((value, i) => expect(value / (1024 * factor ** i)).toBeCloseTo(1, 4));
  const poisoned = batches(3).fill(NaN, 512, 1024);
  expect(program.run(3, [poisoned])[0]).toHaveLength(2);
  program.dispose();
});

test("gradients that the step returns as well come out whole", () => {
  const { loss, variables } = createNetwork(2);
  const optimizer = tf.train.adam(0.001);
  const step = () => {
    const { value, grads } = tf.variableGrads(loss, variables);
    optimizer.applyGradients(grads as unknown as Record<string, tf.Variable>);
    return [value, grads[variables[0]!.name]!];
  };
  const program = jit(step);
  const [, gradients] = program.run(2);
  const expected = tf.variableGrads(loss, variables).grads[variables[0]!.name]!.dataSync();
  expected.forEach((value, i) => expect(Number(gradients![i])).toBeCloseTo(value, 5));
  expect(gradients).toHaveLength(2 * expected.length);
  program.dispose();
});
