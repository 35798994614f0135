import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { jit } from "../../../../src/lab/engines/onnx/index.ts";

await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

const steps = 5;
const batch = [4, 12, 12, 2] as const;
const filters = {
  strided: [3, 3, 2, 6],
  depthwise: [3, 3, 6, 2],
  pointwise: [1, 1, 12, 8],
  transposed: [3, 3, 4, 8],
  kernel1d: [3, 4, 4],
} as const;
type Name = keyof typeof filters;

function makeVariables() {
  const names = Object.keys(filters) as Name[];
  const made = names.map((name, i) => {
    const shape = [...filters[name]];
    return [name, tf.variable(tf.randomNormal(shape, 0, 0.3, "float32", i + 1))] as const;
  });
  return Object.fromEntries(made) as unknown as Record<Name, tf.Variable>;
}

/** Batch normalisation as in training: with the moments of the batch itself. */
function normalise(x: tf.Tensor, axes: number[]): tf.Tensor {
  const { mean, variance } = tf.moments(x, axes, true);
  const broadcast = (t: tf.Tensor) => tf.broadcastTo(t, x.shape);
  const [scale, offset] = [tf.fill(x.shape, 1.5), tf.fill(x.shape, 0.25)];
  return tf.batchNorm(x, broadcast(mean), broadcast(variance), offset, scale, 1e-3);
}

/** One of everything that slides over an image, and normalisation over batch and over channels. */
function forward(x: tf.Tensor4D, v: Record<Name, tf.Variable>): tf.Tensor {
  const strided = tf.conv2d(x, v.strided as tf.Tensor4D, 2, "same");
  const normal = normalise(tf.elu(strided), [0, 1, 2]) as tf.Tensor4D;
  const pooled = tf.maxPool(normal, 2, 1, "same");
  const separable = tf.separableConv2d(
    pooled,
    v.depthwise as tf.Tensor4D,
    v.pointwise as tf.Tensor4D,
    1,
    "same",
  );
  const layer = normalise(separable, [3]) as tf.Tensor4D;
  const grown = tf.conv2dTranspose(
    layer,
    v.transposed as tf.Tensor4D,
    [batch[0], 12, 12, 4],
    2,
    "same",
  );
  const averaged = tf.avgPool(tf.leakyRelu(grown), [2, 12], 1, "valid");
  const rows = tf.reshape(averaged, [batch[0], 11, 4]) as tf.Tensor3D;
  return tf.conv1d(rows, v.kernel1d as tf.Tensor3D, 1, "same");
}

const pictures = Array.from({ length: steps }, (_, i) =>
  tf.randomNormal([...batch], 0, 1, "float32", 50 + i),
);

test("a network of every sliding operator trains as on the cpu backend", () => {
  const loss = (x: tf.Tensor, variables: Record<Name, tf.Variable>) =>
    tf.mean(tf.square(tf.sub(forward(x as tf.Tensor4D, variables), 1))) as tf.Scalar;

  const reference = makeVariables();
  const eager = tf.train.sgd(0.05);
  const expected = pictures.map(
    (x) => eager.minimize(() => loss(x, reference), true)!.dataSync()[0]!,
  );
  const trained = Object.values(reference).map((variable) => variable.dataSync().slice());
  tf.disposeVariables();

  const variables = makeVariables();
  const optimizer = tf.train.sgd(0.05);
  const program = jit(
    (x) => optimizer.minimize(() => loss(x, variables), true)!,
    [{ shape: batch }],
  );
  const data = Float32Array.from(pictures.flatMap((x) => Array.from(x.dataSync())));
  const found = program.run(steps, [data])[0]!;
  program.sync();
  program.dispose();

  // fp32 rounding over five steps; the losses fall by more than a tenth.
  expect(expected.at(-1)).toBeLessThan(0.9 * expected[0]!);
  expected.forEach((value, i) => expect(Number(found[i]) / value).toBeCloseTo(1, 5));
  Object.values(variables).forEach((variable, i) =>
    variable.dataSync().forEach((value, j) => expect(value).toBeCloseTo(trained[i]![j]!, 5)),
  );
});
