import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile, registerOnnx } from "../../../../src/lab/engines/onnx/index.ts";
import { split } from "../../../../src/lab/random.ts";

/* Convolutions and pools against the cpu backend, over geometries that TF.js's tests leave open. */

registerOnnx();
await tf.setBackend("cpu");

type Compute = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Few different numbers, so that the largest in a window is often there twice. */
function whole(shape: number[], seed: number, name: string): Float32Array {
  const random = split(seed, name);
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, () => Math.round(random.normal()));
}

const withoutSign = (x: number) => (x === 0 ? 0 : x);

/** Exact equality: sums of small whole numbers do not round. */
function expectEqual(compute: Compute, inputs: { data: Float32Array; shape: number[] }[]): void {
  const expected = tf.tidy(() =>
    compute(...inputs.map(({ data, shape }) => tf.tensor(data, shape))).map((t) => ({
      shape: t.shape,
      data: Array.from(t.dataSync(), withoutSign),
    })),
  );
  const compiled = compile(compute, inputs, { convolution: "im2col" });
  const found = compiled.run(inputs.map(({ data }) => data));
  compiled.dispose();
  found.forEach((data, i) =>
    expect(
      Array.from(data as Float32Array, withoutSign),
      `result ${i} of shape ${expected[i]!.shape.join(" × ")}`,
    ).toEqual(expected[i]!.data),
  );
}

const size = fc.integer({ min: 5, max: 9 });
const geometry = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: size,
  width: size,
  channels: fc.integer({ min: 1, max: 4 }),
  filter: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pad: fc.constantFrom("same" as const, "valid" as const),
  seed: fc.integer({ min: 1, max: 1000 }),
});
type Geometry = typeof geometry extends fc.Arbitrary<infer T> ? T : never;

const check = (body: (given: Geometry) => void) =>
  fc.assert(fc.property(geometry, body), { seed: 3, numRuns: 25 });

const inputOf = ({ batch, height, width, channels, seed }: Geometry) => {
  const shape = [batch, height, width, channels];
  return { data: whole(shape, seed, "x"), shape };
};

type Slide = (...inputs: tf.Tensor4D[]) => tf.Tensor4D;

/** A function's value and its gradients for a loss whose derivatives differ from place to place. */
const withGradients =
  (slide: Slide): Compute =>
  (...inputs) => {
    const y = slide(...(inputs as tf.Tensor4D[]));
    const errors = tf.sub(tf.mod(tf.range(0, y.size), 5), 2).reshape(y.shape);
    return [y, ...tf.grads(slide as (...xs: tf.Tensor[]) => tf.Tensor)(inputs, errors)];
  };

test("conv2d and its gradients with strides", () => {
  check((given) => {
    const shape = [...given.filter, given.channels, 3];
    const filter = { data: whole(shape, given.seed, "filter"), shape };
    const slide: Slide = (x, w) => tf.conv2d(x!, w!, given.strides, given.pad);
    expectEqual(withGradients(slide), [inputOf(given), filter]);
  });
});

test("conv2d with dilations", () => {
  check((given) => {
    const shape = [...given.filter.map((n) => Math.min(n, 2)), given.channels, 3];
    const filter = { data: whole(shape, given.seed, "filter"), shape };
    const compute: Compute = (x, w) => [
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, given.pad, "NHWC", given.strides),
    ];
    expectEqual(compute, [inputOf(given), filter]);
  });
});

test("depthwise convolution and its gradients, with several outputs per channel", () => {
  check((given) => {
    const shape = [...given.filter, given.channels, 2];
    const filter = { data: whole(shape, given.seed, "filter"), shape };
    // TF.js wants equal strides here.
    const slide: Slide = (x, w) => tf.depthwiseConv2d(x!, w!, given.strides[0], given.pad);
    expectEqual(withGradients(slide), [inputOf(given), filter]);
  });
});

test("maxPool and its gradient, which goes to the first of equal numbers", () => {
  check((given) => {
    const slide: Slide = (x) => tf.maxPool(x!, given.filter, given.strides, given.pad);
    expectEqual(withGradients(slide), [inputOf(given)]);
  });
});

test("maxPoolWithArgmax names the first of equal numbers", () => {
  check((given) => {
    for (const withBatch of [false, true]) {
      const compute: Compute = (x) => {
        const { filter, strides, pad } = given;
        const pooled = tf.maxPoolWithArgmax(x as tf.Tensor4D, filter, strides, pad, withBatch);
        return [pooled["result"]!, pooled["indexes"]!];
      };
      expectEqual(compute, [inputOf(given)]);
    }
  });
});

test("avgPool of windows that a power of two fills, and its gradient", () => {
  check((given) => {
    const slide: Slide = (x) => tf.avgPool(x!, [2, 2], given.strides, "valid");
    expectEqual(withGradients(slide), [inputOf(given)]);
  });
});

test("explicit padding and channels first, with every fused activation", () => {
  const x = { data: whole([2, 3, 6, 7], 1, "x"), shape: [2, 3, 6, 7] };
  const filter = { data: whole([3, 2, 3, 4], 1, "filter"), shape: [3, 2, 3, 4] };
  const bias = { data: whole([4], 1, "bias"), shape: [4] };
  for (const activation of ["linear", "relu", "relu6", "leakyrelu", "prelu"] as const) {
    const compute: Compute = (x, filter, bias) => [
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        bias: bias!,
        strides: [2, 1],
        pad: [
          [0, 0],
          [0, 0],
          [1, 2],
          [0, 1],
        ],
        dataFormat: "NCHW",
        dimRoundingMode: "floor",
        activation,
        preluActivationWeights: bias,
        leakyreluAlpha: 0.25,
      }),
    ];
    expectEqual(compute, [x, filter, bias]);
  }
});
