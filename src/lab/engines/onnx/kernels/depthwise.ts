import { backend_util } from "@tensorflow/tfjs-core";
import { cast, emit, floating, mul, reduce, reshape, transpose } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import { sizeOf, type Value } from "../value.ts";
import { fused } from "./convolution.ts";
import {
  channelsFirst,
  channelsLast,
  gatherPixels,
  inShape,
  pixels,
  readTable,
  tapsOf,
  type Window,
  windowAttributes,
  windowOf2d,
  writeTable,
} from "./window.ts";

type Size = [number, number, number, number];

function describe(call: Call, inputShape: number[], filterShape: number[]): Window {
  const { strides, dilations, pad, dimRoundingMode } = call.attributes;
  const info = backend_util.computeConv2DInfo(
    inputShape as Size,
    filterShape as Size,
    strides as [number, number],
    (dilations as [number, number] | undefined) ?? 1,
    pad as "same",
    dimRoundingMode as "floor",
    true,
  );
  return windowOf2d(info);
}

/** How many outputs every channel has. */
const multiplier = (w: Window) => w.outChannels / w.inChannels;

/** A filter of its own for every channel: [height, width, C, q] makes C · q channels of C. */
const convolve: Lowering = (call) => {
  const { x, filter } = call.inputs as Record<"x" | "filter", Value>;
  const w = describe(call, x.shape, filter.shape);
  const kernels = reshape(transpose(floating(filter), [2, 3, 0, 1]), [
    w.outChannels,
    1,
    ...w.filter,
  ]);
  const output = emit(
    "Conv",
    [channelsFirst(floating(x)), kernels],
    [w.batch, w.outChannels, ...w.output],
    "float32",
    { ...windowAttributes(w), group: { int: w.inChannels } },
  );
  return cast(channelsLast(output), x.dtype);
};

const backpropInput: Lowering = (call) => {
  const { dy, filter } = call.inputs as Record<"dy" | "filter", Value>;
  const w = describe(call, call.attributes["inputShape"] as number[], filter.shape);
  const weights = reshape(floating(filter), [tapsOf(w), w.outChannels]);
  const parts = mul(gatherPixels(floating(dy), writeTable(w)), weights);
  const perOutput = reduce("ReduceSum", parts, [1], false);
  const grouped = reshape(perOutput, [perOutput.shape[0]!, w.inChannels, multiplier(w)]);
  return reshape(reduce("ReduceSum", grouped, [2], false), inShape(w));
};

const backpropFilter: Lowering = (call) => {
  const x = floating(call.inputs["x"]!);
  const dy = floating(call.inputs["dy"]!);
  const filterShape = call.attributes["filterShape"] as number[];
  const w = describe(call, x.shape, filterShape);
  const count = w.batch * sizeOf(w.output);
  const read = reshape(gatherPixels(x, readTable(w)), [count, tapsOf(w), w.inChannels, 1]);
  const errors = reshape(pixels(dy), [count, 1, w.inChannels, multiplier(w)]);
  return reshape(reduce("ReduceSum", mul(read, errors), [0], false), filterShape);
};

export const depthwise: LoweringTable = {
  DepthwiseConv2dNative: convolve,
  FusedDepthwiseConv2D: fused(convolve),
  DepthwiseConv2dNativeBackpropInput: backpropInput,
  DepthwiseConv2dNativeBackpropFilter: backpropFilter,
};
