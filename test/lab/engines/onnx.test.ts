import * as tf from "@tensorflow/tfjs-core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterEach, expect, test } from "vitest";
import {
  evaluate,
  exportModel,
  jit,
  registerOnnx,
  TraceError,
} from "../../../src/lab/engines/onnx/index.ts";
import { split } from "../../../src/lab/random.ts";

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

const normal = (shape: number[], name: string) => {
  const random = split(1, name);
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
};

const geometries = [
  { kernel: 5, size: [28, 28], batch: 1, pad: "same" },
  { kernel: 5, size: [13, 9], batch: 3, pad: "valid" },
  { kernel: 3, size: [28, 28], batch: 2, pad: "same" },
  { kernel: 3, size: [10, 17], batch: 1, pad: "valid" },
] as const;

test.each(geometries)(
  "Winograd agrees with direct convolution: %o",
  ({ kernel, size, batch, pad }) => {
    const x = normal([batch, ...size, 16], "x") as tf.Tensor4D;
    const w = normal([kernel, kernel, 16, 20], "w") as tf.Tensor4D;
    const compute = () => {
      const y = tf.conv2d(x, w, 1, pad);
      const dy = normal(y.shape, "dy") as tf.Tensor4D;
      const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
        tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad),
      )([x, w], dy);
      return [y, dx!, dw!];
    };
    const reference = compute().map((t) => t.dataSync());
    evaluate(compute).forEach((values, i) => {
      const expected = reference[i]!;
      let [error, power] = [0, 0];
      expected.forEach((v, j) => {
        error += (v - Number(values[j])) ** 2;
        power += v * v;
      });
      // Rounding in fp32 through the transforms, relative root mean square.
      expect(Math.sqrt(error / power)).toBeLessThan(1e-5);
    });
  },
);

test("batches are stacked, variables carried, and sync writes them back", () => {
  const w = tf.variable(tf.scalar(1));
  const program = jit(
    (x) => {
      w.assign(tf.add(w, x) as tf.Scalar);
      return tf.mul(w, 10);
    },
    [{ shape: [] }],
  );
  expect([...program.run(3, [Float32Array.of(1, 2, 3)])[0]!]).toEqual([20, 40, 70]);
  expect(w.dataSync()[0]).toBe(1);
  expect([...program.run(1, [Float32Array.of(1)])[0]!]).toEqual([80]);
  program.sync();
  expect(w.dataSync()[0]).toBe(8);
  program.dispose();
});

test("stopBelow ends a run after the step that falls below, and at NaN", () => {
  const w = tf.variable(tf.scalar(8));
  const step = () => {
    w.assign(tf.mul(w, 0.5) as tf.Scalar);
    return w.clone();
  };
  const halving = jit(step, [], { stopBelow: 1.5 });
  expect([...halving.run(10)[0]!]).toEqual([4, 2, 1]);
  const root = tf.variable(tf.scalar(1));
  const broken = jit(
    () => {
      root.assign(tf.sub(root, 1) as tf.Scalar);
      return tf.sqrt(root);
    },
    [],
    { stopBelow: 0 },
  );
  expect([...broken.run(10)[0]!]).toEqual([0, NaN]);
});

test("reading a value while tracing is refused, and leaves variables and backend as they were", () => {
  const w = tf.variable(tf.scalar(3));
  expect(() => jit(() => tf.scalar(w.square().dataSync()[0]!))).toThrow(TraceError);
  expect(tf.getBackend()).toBe("cpu");
  expect(w.dataSync()[0]).toBe(3);
});

test("an unknown kernel fails by name", () => {
  const w = tf.variable(tf.ones([4, 4]));
  expect(() => jit(() => tf.unique(tf.sum(w, 0)).values.sum())).toThrow(/no kernel Unique/);
});

test("an exported model runs in ONNX Runtime's public API and gives the same outputs", async () => {
  const w = tf.variable(normal([5, 5, 1, 4], "filter"));
  const model = (x: tf.Tensor) => tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"));
  const x = normal([1, 28, 28, 1], "input");
  const bytes = exportModel(model, [{ name: "input", shape: x.shape }]);
  const session = await InferenceSession.create(bytes);
  const feeds = { input: new Tensor("float32", x.dataSync() as Float32Array, x.shape) };
  const { output } = await session.run(feeds);
  const expected = model(x).dataSync();
  (output!.data as Float32Array).forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 5));
});

test.each([
  ["convolutions", [28, 28, 32], [5, 5, 32, 32]],
  ["dense layers", [512], [512, 512]],
])("%s train to the same bits on one thread and on two", (_, inputShape, weightShape) => {
  const x = normal([1, ...inputShape], "input");
  const initial = tf.mul(normal(weightShape, "weights"), 0.03);
  const train = (threads: number) => {
    const w = tf.variable(initial);
    const optimizer = tf.train.adam(0.001);
    const output = () =>
      weightShape.length === 4
        ? tf.conv2d(x as tf.Tensor4D, w as unknown as tf.Tensor4D, 1, "same")
        : tf.matMul(x as tf.Tensor2D, w as unknown as tf.Tensor2D);
    const step = () =>
      optimizer.minimize(() => tf.losses.meanSquaredError(x, output()) as tf.Scalar, true, [w])!;
    const program = jit(step, [], { threads });
    program.run(8);
    program.sync();
    program.dispose();
    return w.dataSync();
  };
  expect(train(2)).toEqual(train(1));
});
