import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { jit, registerOnnx } from "../../../../src/lab/engines/onnx/index.ts";
import { split } from "../../../../src/lab/random.ts";

registerOnnx();
await tf.setBackend("cpu");
afterEach(() => tf.disposeVariables());

/** Enough elements for scalars to be collected. */
const size = 8192;

/** Elements of an ordinary size, so that only scalars under- or overflow. */
const elements = (name: string, length = size) => {
  const random = split(1, name);
  return tf.tensor1d(Float32Array.from({ length }, () => 2 ** (8 * random.uniform() - 4)));
};
const [x, y] = ["x", "y"].map((name) => elements(name)) as [tf.Tensor1D, tf.Tensor1D];

const operations = {
  times: (acc: tf.Tensor, s: tf.Scalar) => tf.mul(acc, s),
  over: (acc: tf.Tensor, s: tf.Scalar) => tf.div(acc, s),
  plus: (acc: tf.Tensor, s: tf.Scalar) => tf.add(acc, s),
  root: (acc: tf.Tensor) => tf.sqrt(acc),
  overMatrix: (acc: tf.Tensor) => tf.div(acc, y),
  belowMatrix: (acc: tf.Tensor) => tf.div(y, acc),
  belowScaled: (acc: tf.Tensor, s: tf.Scalar) => tf.div(acc, tf.add(tf.mul(y, s), 1)),
};

/** Scalars that a step meets: power sinks to zero, rest is one less that, ordinary is 0.3. */
const ordinary = ["rest", "ordinary"] as const;
const extreme = ["input", "power", "constant"] as const;
type ScalarName = (typeof ordinary | typeof extreme)[number];

interface Chain {
  links: (readonly [keyof typeof operations, ScalarName])[];
  constant: number;
  inputs: number[];
}

/** An operation that is not `without`, and a scalar for it. */
const link = (names: readonly ScalarName[], without?: keyof typeof operations) => {
  const all = Object.keys(operations) as (keyof typeof operations)[];
  return fc.tuple(
    fc.constantFrom(...all.filter((name) => name !== without)),
    fc.constantFrom(...names),
  );
};

/** Zero, denormal, ordinary and infinite numbers, none near the largest of float32. */
const numbers = [0, 1e-45, 1e-40, 1e-30, 1e-3, 1, 7, 1e30, Infinity];

/** One extreme scalar among ordinary ones: what it makes denormal is not magnified later. */
const oneExtreme: fc.Arbitrary<Chain> = fc.record({
  links: fc
    .tuple(
      fc.array(link(ordinary), { maxLength: 3 }),
      link(extreme),
      fc.array(link(ordinary, "belowMatrix"), { maxLength: 3 }),
    )
    .map(([before, one, after]) => [...before, one, ...after]),
  constant: fc.constantFrom(...numbers),
  inputs: fc.constant(numbers),
});

/** Any scalars whose products are ordinary, zero or infinite, but never denormal. */
const manyExtremes: fc.Arbitrary<Chain> = fc.record({
  links: fc.array(link(["input", "constant", ...ordinary], "root"), { minLength: 2, maxLength: 6 }),
  constant: fc.constantFrom(1e-25, 1e25),
  inputs: fc.constant([1e-25, 0, 1, 1e25, Infinity]),
});

/** A step with a state that underflows to zero in a few of them: 0.5, 5e-11, … 5e-41, 0. */
function createStep({ links, constant }: Chain) {
  const power = tf.variable(tf.scalar(0.5));
  return (input: tf.Tensor): tf.Tensor => {
    const scalars = {
      input: input as tf.Scalar,
      power: power.clone(),
      rest: tf.sub(1, power) as tf.Scalar,
      constant: tf.scalar(constant),
      ordinary: tf.scalar(0.3),
    };
    power.assign(tf.mul(power, 1e-10));
    return links.reduce<tf.Tensor>((acc, [name, s]) => operations[name](acc, scalars[s]), x);
  };
}

test.each([
  ["one extreme scalar", oneExtreme],
  ["many extreme scalars", manyExtremes],
])("chains with %s equal the cpu backend's", (_, chains) => {
  fc.assert(
    fc.property(chains, (chain) => {
      const { links, inputs } = chain;
      const program = jit(createStep(chain), [{ shape: [] }]);
      const found = program.run(inputs.length, [Float32Array.from(inputs)])[0]!;
      program.dispose();
      // A few units of denormal numbers, or their root.
      const roots = links.filter(([name]) => name === "root").length;
      const grain = 2 ** (-140 / 2 ** roots);
      const step = createStep(chain);
      inputs.forEach((input, k) => {
        const expected = tf.tidy(() => step(tf.scalar(input))).dataSync();
        const worst = expected.findIndex((v, i) => !isNear(Number(found[k * size + i]), v, grain));
        const pair = worst < 0 ? [] : [found[k * size + worst], expected[worst]];
        expect(pair, `found and expected of step ${k}, element ${worst}`).toEqual([]);
      });
      tf.disposeVariables();
    }),
    { seed: 1, numRuns: 60 },
  );
});

/** Up to the rounding of a few operations in fp32. */
const isNear = (a: number, b: number, grain = 0) =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= grain + 1e-5 * Math.abs(b);

test.each([
  ["in the graph", 8192],
  ["in place", 2 ** 17],
])("g / (m·s + 1) stays g as s falls to zero: %s", (_, length) => {
  const [g, m] = [elements("g", length), tf.variable(elements("m", length))];
  const s = tf.variable(tf.scalar(0.9));
  const w = tf.variable(tf.zeros([length]));
  const program = jit(() => {
    w.assign(tf.div(g, tf.add(tf.mul(m, s), 1)));
    m.assign(tf.mul(m, 0.999));
    s.assign(tf.mul(s, 0.9));
    return s.clone();
  });
  program.run(1000);
  program.sync();
  program.dispose();
  const expected = g.dataSync();
  w.dataSync().forEach((value, i) => expect(value / expected[i]!).toBeCloseTo(1, 6));
});
