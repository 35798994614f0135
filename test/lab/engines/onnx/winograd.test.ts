import { backend_util } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openEngine } from "../../../../src/lab/engines/engine.ts";
import {
  filterGradient,
  inputGradient,
  product,
} from "../../../../src/lab/engines/onnx/kernels/im2col.ts";
import { type Window, windowOf2d } from "../../../../src/lab/engines/onnx/kernels/window.ts";
import {
  winogradApplies,
  winogradFilterGradient,
  winogradInputGradient,
  winogradProduct,
} from "../../../../src/lab/engines/onnx/kernels/winograd.ts";
import { plainModel } from "../../../../src/lab/engines/onnx/loop.ts";
import { createSession } from "../../../../src/lab/engines/onnx/session.ts";
import { Value } from "../../../../src/lab/engines/onnx/value.ts";
import { split } from "../../../../src/lab/random.ts";

interface Case {
  batch: number;
  height: number;
  width: number;
  inChannels: number;
  outChannels: number;
  k: number;
  pad: "same" | "valid";
  seed: number;
}

function windowOf({ batch, height, width, inChannels, outChannels, k, pad }: Case): Window {
  const [x, filter] = [
    [batch, height, width, inChannels],
    [k, k, inChannels, outChannels],
  ] as [number, number, number, number][];
  return windowOf2d(backend_util.computeConv2DInfo(x!, filter!, 1, 1, pad));
}

function normal(size: number, name: string, seed: number): Float32Array {
  const random = split(seed, name);
  return Float32Array.from({ length: size }, () => random.normal());
}

interface Tensors {
  x: Float32Array;
  filter: Float32Array;
  dy: Float32Array;
}

/** Convolution and its two gradients in float64, straight from the definition. */
function reference({ x, filter, dy }: Tensors, w: Window): Float64Array[] {
  const [y, dx, dw] = [dy, x, filter].map(({ length }) => new Float64Array(length));
  const [inHeight, inWidth] = w.input;
  const [outHeight, outWidth] = w.output;
  const [k, top, left] = [w.filter[0]!, ...w.before] as [number, number, number];
  for (let n = 0; n < w.batch; n++)
    for (let row = 0; row < outHeight!; row++)
      for (let column = 0; column < outWidth!; column++)
        for (let tap = 0; tap < k * k; tap++) {
          const r = row + Math.floor(tap / k) - top;
          const c = column + (tap % k) - left;
          if (r < 0 || r >= inHeight! || c < 0 || c >= inWidth!) continue;
          const pixel = ((n * inHeight! + r) * inWidth! + c) * w.inChannels;
          const place = ((n * outHeight! + row) * outWidth! + column) * w.outChannels;
          for (let i = 0; i < w.inChannels; i++)
            for (let o = 0; o < w.outChannels; o++) {
              const weight = (tap * w.inChannels + i) * w.outChannels + o;
              y![place + o]! += x[pixel + i]! * filter[weight]!;
              dx![pixel + i]! += dy[place + o]! * filter[weight]!;
              dw![weight]! += dy[place + o]! * x[pixel + i]!;
            }
        }
  return [y!, dx!, dw!];
}

const forms = {
  winograd: [winogradProduct, winogradInputGradient, winogradFilterGradient],
  im2col: [product, inputGradient, filterGradient],
} as const;

/** Output, input gradient and filter gradient of one form, by ONNX Runtime. */
function compute(form: keyof typeof forms, { x, filter, dy }: Tensors, w: Window): Float32Array[] {
  const value = (data: Float32Array, shape: number[]) => new Value(shape, "float32", { data });
  const X = value(x, [w.batch, ...w.input, w.inChannels]);
  const W = value(filter, [...w.filter, w.inChannels, w.outChannels]);
  const dY = value(dy, [w.batch, ...w.output, w.outChannels]);
  const [forward, toInput, toFilter] = forms[form];
  const values = [forward(X, W, w), toInput(dY, W, w), toFilter(X, dY, w)];
  const outputs = values.map((value, i) => ({ value, name: `out_${i}` }));
  const session = createSession(plainModel([], outputs), 1);
  const names = outputs.map(({ name }) => name);
  const found = session.run({}, names);
  session.dispose();
  return names.map((name) => found[name]!.data as Float32Array);
}

/** Root of the mean square of the difference, relative to that of the reference. */
function relativeError(values: Float32Array, expected: Float64Array): number {
  let [error, power] = [0, 0];
  expected.forEach((v, i) => {
    error += (v - values[i]!) ** 2;
    power += v * v;
  });
  return Math.sqrt(error / power);
}

function errors(form: keyof typeof forms, given: Case): number[] {
  const w = windowOf(given);
  const size = (space: number[], channels: number) => w.batch * space[0]! * space[1]! * channels;
  const tensors = {
    x: normal(size(w.input, w.inChannels), "x", given.seed),
    filter: normal(given.k ** 2 * w.inChannels * w.outChannels, "filter", given.seed),
    dy: normal(size(w.output, w.outChannels), "dy", given.seed),
  };
  const expected = reference(tensors, w);
  return compute(form, tensors, w).map((values, i) => relativeError(values, expected[i]!));
}

const cases: fc.Arbitrary<Case> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 7, max: 19 }),
  width: fc.integer({ min: 7, max: 19 }),
  inChannels: fc.integer({ min: 1, max: 24 }),
  outChannels: fc.integer({ min: 1, max: 24 }),
  k: fc.constantFrom(3, 5, 7),
  pad: fc.constantFrom("same", "valid"),
  seed: fc.integer({ min: 1, max: 1000 }),
});

// fp32 rounding, enlarged by the transforms; direct sums stay below 1e-6.
const tolerance = 1e-5;

test("output and gradients agree with float64 over shapes, paddings, kernels and seeds", () => {
  fc.assert(
    fc.property(cases, (given) => {
      for (const error of errors("winograd", given)) expect(error).toBeLessThan(tolerance);
    }),
    { seed: 5, numRuns: 60 },
  );
});

test.each([3, 5, 7])("full size, kernel %i: the error is that of the page", (k) => {
  const given = { batch: 1, height: 28, width: 28, inChannels: 32, outChannels: 32, k, seed: 1 };
  const found = errors("winograd", { ...given, pad: "same" });
  const direct = errors("im2col", { ...given, pad: "same" });
  for (const error of found) expect(error).toBeLessThan(6e-6);
  for (const error of direct) expect(error).toBeLessThan(1e-6);
});

test("a batch of 160 pictures, with more pixels than a call takes arguments", () => {
  const shape = { height: 28, width: 28, inChannels: 1, outChannels: 1, k: 5 };
  const found = errors("winograd", { ...shape, batch: 160, pad: "same", seed: 1 });
  // The filter's gradient adds 125,440 products in fp32.
  for (const error of found) expect(error).toBeLessThan(5e-5);
});

const wide = { batch: 1, inChannels: 128, outChannels: 128, pad: "same", seed: 1 } as const;
const applies = (given: Partial<Case>) =>
  winogradApplies(windowOf({ ...wide, height: 28, width: 28, k: 5, ...given }));

test("the form is chosen where it was measured to be faster", () => {
  expect([3, 5, 7].map((k) => applies({ k }))).toEqual([true, true, true]);
  expect([1, 2, 4, 9].map((k) => applies({ k }))).toEqual([false, false, false, false]);
  expect(applies({ inChannels: 8 })).toBe(false);
  expect(applies({ height: 4, width: 4 })).toBe(false);
  expect(applies({ height: 7, width: 7, batch: 8 })).toBe(true);
  expect(applies({ k: 3, height: 7, width: 7, batch: 8 })).toBe(false);
});

test("strides and dilations are left to the other form", () => {
  const info = (stride: number, dilation: number) =>
    windowOf2d(
      backend_util.computeConv2DInfo([1, 28, 28, 64], [5, 5, 64, 64], stride, dilation, "same"),
    );
  expect(winogradApplies(info(1, 1))).toBe(true);
  expect(winogradApplies(info(2, 1))).toBe(false);
  expect(winogradApplies(info(1, 2))).toBe(false);
});

test("the switch is part of the engine's id, and so of a result's key", async () => {
  const [on, off] = await Promise.all(
    ["onnx", "onnx-im2col"].map((name) => openEngine(name, { threads: 1 })),
  );
  expect(on!.id).toMatch(/^onnx-[\d.]+-winograd$/);
  expect(off!.id).toBe(on!.id.replace("winograd", "im2col"));
});
