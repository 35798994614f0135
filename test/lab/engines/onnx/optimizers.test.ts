import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { jit, registerOnnx } from "../../../../src/lab/engines/onnx/index.ts";
import { split } from "../../../../src/lab/random.ts";

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

const [steps, batch, length, words, width, classes] = [5, 4, 3, 7, 6, 5];

const random = split(3, "sentences");
const draw = (size: number, below: number) =>
  Int32Array.from({ length: size }, () => Math.floor(random.uniform() * below));
// Few words, so that a batch holds some of them repeatedly, and others not at all.
const tokens = draw(steps * batch * length, words);
const labels = draw(steps * batch, classes);

/** Embedding, layer normalisation, a dense layer and softmax cross-entropy; new on every call. */
function createClassifier() {
  const normal = split(5, "weights");
  const variable = (shape: number[], scale: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.variable(
      tf.tensor(
        Float32Array.from({ length: size }, () => scale * normal.normal()),
        shape,
      ),
    );
  };
  const embedding = variable([words, width], 1);
  const scale = variable([width], 1);
  const weights = variable([width, classes], 0.5);
  const bias = variable([classes], 0.1);
  return {
    variables: [embedding, scale, weights, bias],
    loss(input: tf.Tensor, label: tf.Tensor): tf.Scalar {
      const vectors = tf.gather(embedding, input as tf.Tensor2D);
      const { mean, variance } = tf.moments(vectors, -1, true);
      const normalised = tf.div(tf.sub(vectors, mean), tf.sqrt(tf.add(variance, 1e-5)));
      const hidden = tf.elu(tf.mean(tf.mul(normalised, scale), 1));
      const logits = tf.add(tf.matMul(hidden as tf.Tensor2D, weights as tf.Tensor2D), bias);
      return tf.losses.softmaxCrossEntropy(tf.oneHot(label, classes), logits) as tf.Scalar;
    },
  };
}

const read = (variables: tf.Variable[]) => variables.map((v) => Float32Array.from(v.dataSync()));

function trainEagerly(optimizer: tf.Optimizer) {
  const { variables, loss } = createClassifier();
  const before = read(variables);
  const losses = Array.from({ length: steps }, (_, step) => {
    const own = <T extends Int32Array>(data: T, size: number) =>
      data.slice(step * size, (step + 1) * size);
    const input = tf.tensor(own(tokens, batch * length), [batch, length], "int32");
    const label = tf.tensor(own(labels, batch), [batch], "int32");
    return optimizer.minimize(() => loss(input, label), true, variables)!.dataSync()[0]!;
  });
  return { losses, before, after: read(variables) };
}

function trainInLoop(optimizer: tf.Optimizer) {
  const { variables, loss } = createClassifier();
  const program = jit(
    (input, label) => optimizer.minimize(() => loss(input!, label!), true, variables)!,
    [
      { shape: [batch, length], dtype: "int32" },
      { shape: [batch], dtype: "int32" },
    ],
  );
  // In two calls, so that slots must survive from one to the next.
  const run = (from: number, to: number) => {
    const input = tokens.slice(from * batch * length, to * batch * length);
    return [...program.run(to - from, [input, labels.slice(from * batch, to * batch)])[0]!];
  };
  const losses = [...run(0, 2), ...run(2, steps)];
  program.sync();
  program.dispose();
  return { losses, after: read(variables) };
}

const optimizers: [string, () => tf.Optimizer][] = [
  ["SGD", () => tf.train.sgd(0.1)],
  ["momentum", () => tf.train.momentum(0.1, 0.9)],
  ["Nesterov's momentum", () => tf.train.momentum(0.1, 0.9, true)],
  ["Adam", () => tf.train.adam(0.01)],
  ["Adamax", () => tf.train.adamax(0.01, 0.9, 0.999, 1e-7, 0.1)],
  ["RMSProp", () => tf.train.rmsprop(0.01, 0.9, 0.5)],
  ["Adagrad", () => tf.train.adagrad(0.1)],
  ["Adadelta", () => tf.train.adadelta(0.5)],
];

test.each(optimizers)("five steps of %s in a loop equal the cpu backend's", (_, create) => {
  const eager = trainEagerly(create());
  const looped = trainInLoop(create());
  looped.losses.forEach((loss, i) => {
    expect(Number(loss) / eager.losses[i]!).toBeCloseTo(1, 5);
  });
  eager.after.forEach((expected, i) => {
    const updates = expected.map((value, j) => Math.abs(value - eager.before[i]![j]!));
    const differences = expected.map((value, j) => Math.abs(value - looped.after[i]![j]!));
    // Rounding in float32, which Adam and its kin magnify where a gradient is near zero.
    expect(Math.max(...differences) / Math.max(...updates)).toBeLessThan(1e-4);
  });
});
