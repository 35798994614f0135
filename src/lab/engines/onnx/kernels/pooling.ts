import { backend_util } from "@tensorflow/tfjs-core";
import {
  add,
  cast,
  constant,
  div,
  emit,
  floating,
  gatherRows,
  mul,
  reduce,
  reshape,
  scalar,
  where,
  withZeroRow,
} from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import { sameShape, sizeOf, type Value } from "../value.ts";
import {
  channelsFirst,
  channelsLast,
  feedsOf,
  gatherPixels,
  inShape,
  outShape,
  pixels,
  readTable,
  tapsOf,
  type Window,
  windowAttributes,
  windowOf2d,
  windowOf3d,
} from "./window.ts";

type Size = [number, number, number, number];
type Size3d = [number, number, number, number, number];

/** TF.js dilates pools by spreading the input over a batch; its kernels have no dilation. */
function describe({ attributes }: Call, inputShape: number[]): Window {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const rounding = dimRoundingMode as "floor";
  if (inputShape.length === 5) {
    const [filter, stride] = [filterSize, strides] as [number, number];
    return windowOf3d(
      backend_util.computePool3DInfo(
        inputShape as Size3d,
        filter,
        stride,
        1,
        pad as "same",
        rounding,
      ),
    );
  }
  const [filter, stride] = [filterSize, strides] as [number, number];
  return windowOf2d(
    backend_util.computePool2DInfo(inputShape as Size, filter, stride, 1, pad as "same", rounding),
  );
}

const isIdentity = (w: Window) => tapsOf(w) === 1 && sameShape(w.input, w.output);

/** TF.js's maximum passes over NaN. */
function comparable(x: Value): Value {
  const isNaN = emit("IsNaN", [x], x.shape, "bool");
  return where(isNaN, scalar(-Infinity), x);
}

const maxPool: Lowering = (call) => {
  const given = call.inputs["x"]!;
  const w = describe(call, given.shape);
  if (isIdentity(w)) return given;
  const x = comparable(floating(given));
  const attributes = windowAttributes(w);
  const isWithin = attributes.pads.ints.every((pad, i) => pad < w.filter[i % w.filter.length]!);
  // ONNX Runtime refuses windows that lie in the padding as a whole.
  const output = isWithin
    ? channelsLast(
        emit(
          "MaxPool",
          [channelsFirst(x)],
          [w.batch, w.outChannels, ...w.output],
          "float32",
          attributes,
        ),
      )
    : reduce("ReduceMax", gatherPixels(x, readTable(w), -Infinity), [1], false);
  return cast(reshape(output, outShape(w)), given.dtype);
};

/**
 * [output pixels, channels]: the tap that gave each maximum. Of equal ones the cpu backend takes
 * the first in the plane and the last in space.
 */
function winners(x: Value, w: Window): Value {
  const read = gatherPixels(comparable(x), readTable(w), -Infinity);
  const isLast = w.filter.length === 3;
  const tap = emit("ArgMax", [read], [read.shape[0]!, read.shape[2]!], "int64", {
    axis: { int: 1 },
    keepdims: { int: 0 },
    select_last_index: { int: Number(isLast) },
  });
  return cast(tap, "int32");
}

const maxPoolGradient: Lowering = (call) => {
  const { dy, input } = call.inputs as Record<"dy" | "input", Value>;
  const w = describe(call, input.shape);
  const { outputs, taps } = feedsOf(w);
  const chosen = gatherPixels(winners(floating(input), w), outputs);
  const own = reshape(taps, [...taps.shape, 1]);
  const isChosen = emit("Equal", [chosen, own], chosen.shape, "bool");
  const fed = where(isChosen, gatherPixels(floating(dy), outputs), scalar(0));
  return reshape(reduce("ReduceSum", fed, [1], false), inShape(w));
};

const maxPoolWithArgmax: Lowering = (call) => {
  const x = call.inputs["x"]!;
  const w = describe(call, x.shape);
  const read = readTable(w);
  const perSample = sizeOf(w.input);
  const pixelNumbers = call.attributes["includeBatchInIndex"]
    ? read
    : constant(
        (read.data as Int32Array).map((pixel) => pixel % perSample),
        read.shape,
        "int32",
      );
  const [rows, taps] = read.shape as [number, number];
  const tapNumbers = constant(
    Int32Array.from({ length: taps }, (_, tap) => tap),
    [taps, 1],
    "int32",
  );
  const winner = reshape(winners(floating(x), w), [rows, 1, w.inChannels]);
  const isWinner = emit("Equal", [winner, tapNumbers], [rows, taps, w.inChannels], "bool");
  const chosen = where(isWinner, reshape(pixelNumbers, [rows, taps, 1]), scalar(0, "int32"));
  const pixel = reduce("ReduceSum", chosen, [1], false);
  const channels = Int32Array.from({ length: w.inChannels }, (_, channel) => channel);
  const index = add(
    mul(pixel, scalar(w.inChannels, "int32")),
    constant(channels, [w.inChannels], "int32"),
  );
  return [maxPool(call) as Value, reshape(index, outShape(w))];
};

const averagePool: Lowering = (call) => {
  const x = call.inputs["x"]!;
  const w = describe(call, x.shape);
  if (isIdentity(w)) return x;
  const read = readTable(w);
  const [rows, taps] = read.shape as [number, number];
  const none = w.batch * sizeOf(w.input);
  const counts = new Float32Array(rows);
  (read.data as Int32Array).forEach((pixel, i) => {
    if (pixel !== none) counts[Math.floor(i / taps)]!++;
  });
  const sums = reduce("ReduceSum", gatherPixels(floating(x), read), [1], false);
  // Of padding alone the cpu backend's average is NaN in the plane and 0 in space.
  const divisors = w.filter.length === 3 ? counts.map((count) => Math.max(count, 1)) : counts;
  const means = div(sums, constant(divisors, [rows, 1], "float32"));
  return cast(reshape(means, outShape(w)), x.dtype);
};

/** As in the cpu backend, padding counts here, though not in the average itself. */
const averagePoolGradient: Lowering = (call) => {
  const { dy, input } = call.inputs as Record<"dy" | "input", Value>;
  const w = describe(call, input.shape);
  const share = mul(pixels(floating(dy)), scalar(1 / tapsOf(w)));
  const fed = gatherRows(withZeroRow(share), feedsOf(w).outputs);
  return reshape(reduce("ReduceSum", fed, [1], false), inShape(w));
};

export const pooling: LoweringTable = {
  MaxPool: maxPool,
  MaxPool3D: maxPool,
  MaxPoolGrad: maxPoolGradient,
  MaxPool3DGrad: maxPoolGradient,
  MaxPoolWithArgmax: maxPoolWithArgmax,
  AvgPool: averagePool,
  AvgPool3D: averagePool,
  AvgPoolGrad: averagePoolGradient,
  AvgPool3DGrad: averagePoolGradient,
};
