import { fromBinary } from "@bufbuild/protobuf";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterEach, expect, test } from "vitest";
import { UserError } from "../../../../src/error.ts";
import { exportModel, registerOnnx } from "../../../../src/lab/engines/onnx/index.ts";
import {
  type GraphProto,
  ModelProtoSchema,
} from "../../../../src/lab/engines/onnx/proto/onnx_pb.js";
import { split } from "../../../../src/lab/random.ts";

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

const normal = (shape: number[], name: string, scale = 1) => {
  const random = split(1, name);
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => scale * random.normal()),
    shape,
  );
};

type Compute = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Exports a function, runs the file in ONNX Runtime and compares with the cpu backend. */
async function expectEager(
  compute: Compute,
  inputs: Record<string, tf.Tensor>,
  outputs: string[],
): Promise<Uint8Array> {
  const specs = Object.entries(inputs).map(([name, { shape, dtype }]) => ({
    name,
    shape,
    dtype: dtype as "float32" | "int32",
  }));
  const bytes = exportModel(compute, specs, outputs);
  const session = await InferenceSession.create(bytes);
  expect(session.inputNames).toEqual(Object.keys(inputs));
  expect(session.outputNames).toEqual(outputs);
  const feeds = Object.entries(inputs).map(([name, tensor]) => {
    const data = tensor.dataSync() as Float32Array;
    return [name, new Tensor(tensor.dtype as "float32", data, tensor.shape)];
  });
  const found = await session.run(Object.fromEntries(feeds) as Record<string, Tensor>);
  [compute(...Object.values(inputs))].flat().forEach((expected, i) => {
    const { data, dims } = found[outputs[i]!]!;
    expect(dims).toEqual(expected.shape);
    // fp32 rounding through a few layers.
    expected.dataSync().forEach((v, j) => expect(Number(data[j])).toBeCloseTo(v, 4));
  });
  return bytes;
}

/** Text, and names such as the engine gives to values. JavaScript's objects reorder numbers. */
const names = fc.uniqueArray(
  fc
    .oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.stringMatching(/^v\d{1,3}_{0,2}$/),
      fc.stringMatching(/^v\d{1,3}_\d$/),
      fc.stringMatching(/^(in|out)_[01]$/),
    )
    .filter((name) => !/\p{Cc}|^__proto__$|^\d+$/u.test(name)),
  { minLength: 4, maxLength: 4 },
);

/** Two inputs, two outputs, and a node that makes two values of which one is used. */
function createFunction(): Compute {
  const weights = tf.variable(normal([3, 3], "weights"));
  return (x, y) => {
    const product = tf.matMul(tf.sub(x!, tf.mul(y!, 2)), weights as unknown as tf.Tensor2D);
    return [tf.topk(product, 2).values, tf.div(product, tf.add(tf.square(x!), 1))];
  };
}
const [a, b] = [normal([2, 3], "a"), normal([2, 3], "b")];
const spec = (name: string) => ({ name, shape: [2, 3] });

test("whatever inputs and outputs are called, the file computes what eager TF.js does", async () => {
  const compute = createFunction();
  await fc.assert(
    fc.asyncProperty(names, async ([x, y, first, second]) => {
      await expectEager(compute, { [x!]: a, [y!]: b }, [first!, second!]);
    }),
    { seed: 1, numRuns: 50 },
  );
});

test("an input may have the name of any value inside", async () => {
  const compute = createFunction();
  const valueNames = () => {
    const { node, initializer } = graphOf(exportModel(compute, ["x", "y"].map(spec), ["p", "q"]));
    const all = [...node.flatMap(({ output }) => output), ...initializer.map(({ name }) => name)];
    return all.filter((name) => name.startsWith("v"));
  };
  const numberOf = (name: string) => Number(/\d+/.exec(name)![0]);
  const count = valueNames().length;
  expect(count).toBeGreaterThan(10);
  for (let i = 0; i < count; i++) {
    // Values are numbered on from export to export.
    const [before, last] = [valueNames()[i]!, valueNames()[i]!];
    const number = 2 * numberOf(last) - numberOf(before);
    const next = last.replace(/\d+/, String(number));
    const bytes = await expectEager(compute, { [next]: a, y: b }, ["p", "q"]);
    const { node, initializer } = graphOf(bytes);
    const given = [...node.flatMap(({ output }) => output), ...initializer.map((t) => t.name)];
    expect(given).toContain(`${next}_`);
  }
});

const graphOf = (bytes: Uint8Array): GraphProto => fromBinary(ModelProtoSchema, bytes).graph!;

test("weights are named like their variables, and give way to inputs and outputs", async () => {
  const named = (shape: number[], name: string) => tf.variable(normal(shape, name), true, name);
  const kernel = named([70, 70], "dense_Dense1/kernel") as unknown as tf.Tensor2D;
  const bias = named([70], "dense_Dense1/bias");
  const filter = named([2, 2, 1, 3], "y") as unknown as tf.Tensor4D;
  const compute: Compute = (x) => {
    const hidden = tf.add(tf.matMul(x as tf.Tensor2D, kernel), bias);
    const picture = tf.reshape(hidden, [1, 10, 14, 1]) as tf.Tensor4D;
    const row = tf.mean(tf.reshape(kernel, [4900]));
    return tf.add(tf.conv2d(picture, filter, 1, "same"), row);
  };
  const bytes = await expectEager(compute, { x: normal([2, 70], "x") }, ["y"]);
  const initialised = graphOf(bytes).initializer.map(({ name }) => name);
  const expected = ["dense_Dense1/kernel", "dense_Dense1/kernel_", "dense_Dense1/bias", "y_"];
  expect(initialised).toEqual(expect.arrayContaining(expected));
});

test.each([
  ["is empty", [""], ["y"], "empty name"],
  ["stands twice", ["x", "x"], ["y"], /“x” stands twice/],
  ["is an output's, too", ["x"], ["x"], /“x” stands twice/],
  ["holds a control character", ["x\u0000"], ["y"], /“x\\u0000” .* not plain text/],
  ["is half a character", ["x"], ["\ud800"], /not plain text/],
  ["is missing", ["x"], [], /returns 1 tensor, but gets 0 output names/],
  ["is one too many", ["x"], ["y", "z"], /returns 1 tensor, but gets 2 output names/],
])("a name that %s is refused", (_, inputs, outputs, message) => {
  const add = () => exportModel((...all) => tf.addN(all), inputs.map(spec), outputs);
  expect(add).toThrow(UserError);
  expect(add).toThrow(message);
});

/** A transformer of one layer on token numbers [batch, length]: attention of several heads. */
function createTransformer() {
  const [length, width, heads, words] = [5, 8, 2, 11];
  const weight = (name: string, shape: number[]) => tf.variable(normal(shape, name, 0.4));
  const embedding = weight("embedding", [words, width]);
  const [query, key, value, out] = ["query", "key", "value", "out"].map((name) =>
    weight(name, [width, width]),
  );
  const [up, down] = [weight("up", [width, 4 * width]), weight("down", [4 * width, width])];
  const dense = (x: tf.Tensor, w: tf.Tensor) => {
    const [batch] = x.shape;
    const flat = tf.matMul(tf.reshape(x, [-1, x.shape.at(-1)!]), w as tf.Tensor2D);
    return tf.reshape(flat, [batch!, length, w.shape[1]!]);
  };
  const normalise = (x: tf.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  const splitHeads = (x: tf.Tensor) =>
    tf.transpose(tf.reshape(x, [-1, length, heads, width / heads]), [0, 2, 1, 3]);
  const mask = tf.sub(tf.linalg.bandPart(tf.ones([length, length]), -1, 0), 1).mul(1e9);
  return (tokens: tf.Tensor): tf.Tensor => {
    const x = tf.gather(embedding, tokens as tf.Tensor2D);
    const [q, k, v] = [query!, key!, value!].map((w) => splitHeads(dense(normalise(x), w)));
    const scores = tf.mul(tf.matMul(q!, k!, false, true), Math.sqrt(heads / width));
    const weights = tf.softmax(tf.add(scores, mask));
    // Transposed twice, for a product whose left operand is transposed.
    const mixed = tf.matMul(tf.transpose(weights, [0, 1, 3, 2]), v!, true, false);
    const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), x.shape);
    const attended = tf.add(x, dense(joined, out!));
    const hidden = dense(normalise(attended), up);
    const gelu = tf.mul(hidden, tf.mul(tf.add(tf.erf(tf.mul(hidden, Math.SQRT1_2)), 1), 0.5));
    const final = normalise(tf.add(attended, dense(gelu, down)));
    return tf.einsum("blw,vw->blv", final, embedding);
  };
}

test("a transformer is exported in operators of the standard domain alone", async () => {
  const tokens = tf.tensor([3, 1, 4, 1, 5, 9, 2, 6, 5, 3], [2, 5], "int32");
  const bytes = await expectEager(createTransformer(), { tokens }, ["logits"]);
  const model = fromBinary(ModelProtoSchema, bytes);
  expect(model.opsetImport.map(({ domain }) => domain)).toEqual([""]);
  expect(new Set(domainsOf(model.graph!))).toEqual(new Set([""]));
  expect(model.graph!.node.length).toBeGreaterThan(50);
});

const domainsOf = ({ node }: GraphProto): string[] =>
  node.flatMap(({ domain, attribute }) => [
    domain,
    ...attribute.flatMap(({ g, graphs }) => [...(g ? [g] : []), ...graphs].flatMap(domainsOf)),
  ]);

test("more than 2 GB is refused before anything is encoded", () => {
  // One array of 16 MB, which a hundred and thirty layers share.
  const shared = new Float32Array(2048 * 2048).fill(0.5).fill(1, 1);
  const layers = Array.from({ length: 130 }, () => tf.tensor2d(shared, [2048, 2048]));
  const deep: Compute = (x) => layers.reduce((h, layer) => tf.matMul(h, layer), x as tf.Tensor2D);
  const before = process.memoryUsage().arrayBuffers;
  const refused = () => exportModel(deep, [{ name: "x", shape: [1, 2048] }]);
  expect(refused).toThrow(UserError);
  expect(refused).toThrow(/holds 2181 MB of numbers, an ONNX file at most 2131 MB/);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
});
