import { backend_util } from "@tensorflow/tfjs-core";
import { add, convolutionForm, emit, transpose } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import type { Value } from "../value.ts";
import { filterGradient, inputGradient, product } from "./im2col.ts";
import { activate } from "./matrix.ts";
import {
  winogradApplies,
  winogradFilterGradient,
  winogradInputGradient,
  winogradProduct,
} from "./winograd.ts";

export type ConvInfo = backend_util.Conv2DInfo;

const toNhwc = [0, 2, 3, 1];
const toNchw = [0, 3, 1, 2];

type Size = [number, number, number, number];

/** Geometry with the channels last, whatever the call's own layout. */
function describe(
  call: Call,
  inputShape: readonly number[],
  filterShape: readonly number[],
): ConvInfo {
  const { strides, dilations, pad, dimRoundingMode } = call.attributes;
  return backend_util.computeConv2DInfo(
    inputShape as Size,
    filterShape as Size,
    strides as [number, number],
    (dilations as [number, number] | undefined) ?? 1,
    pad as "same",
    dimRoundingMode as "floor",
  );
}

const isChannelsFirst = (call: Call) => call.attributes["dataFormat"] === "NCHW";
const channelsLast = (call: Call, value: Value) =>
  isChannelsFirst(call) ? transpose(value, toNhwc) : value;
const restoreLayout = (call: Call, value: Value) =>
  isChannelsFirst(call) ? transpose(value, toNchw) : value;

/** The plain operator, for models that others read: channels first, as ONNX defines it. */
function onnxConv(x: Value, filter: Value, info: ConvInfo): Value {
  const { top, left, bottom, right } = info.padInfo;
  const shape = [info.batchSize, info.outChannels, info.outHeight, info.outWidth];
  const output = emit(
    "Conv",
    [transpose(x, toNchw), transpose(filter, [3, 2, 0, 1])],
    shape,
    "float32",
    {
      kernel_shape: { ints: [info.filterHeight, info.filterWidth] },
      pads: { ints: [top, left, bottom, right] },
      strides: { ints: [info.strideHeight, info.strideWidth] },
      dilations: { ints: [info.dilationHeight, info.dilationWidth] },
    },
  );
  return transpose(output, toNhwc);
}

const conv2d: Lowering = (call) => {
  const x = channelsLast(call, call.inputs["x"]!);
  const filter = call.inputs["filter"]!;
  const info = describe(call, x.shape, filter.shape);
  if (convolutionForm() === "conv") return restoreLayout(call, onnxConv(x, filter, info));
  const lower = winogradApplies(info) ? winogradProduct : product;
  return restoreLayout(call, lower(x, filter, info));
};

export const convolution: LoweringTable = {
  Conv2D: conv2d,
  FusedConv2D: (call) => {
    const output = conv2d(call) as Value;
    const { bias } = call.inputs;
    return activate(bias ? add(output, bias) : output, call);
  },
  Conv2DBackpropInput: (call) => {
    const dy = channelsLast(call, call.inputs["dy"]!);
    const filter = call.inputs["filter"]!;
    const given = call.attributes["inputShape"] as number[];
    const inputShape = isChannelsFirst(call) ? toNhwc.map((axis) => given[axis]!) : given;
    const info = describe(call, inputShape, filter.shape);
    const lower = winogradApplies(info) ? winogradInputGradient : inputGradient;
    return restoreLayout(call, lower(dy, filter, info));
  },
  Conv2DBackpropFilter: (call) => {
    const x = channelsLast(call, call.inputs["x"]!);
    const dy = channelsLast(call, call.inputs["dy"]!);
    const info = describe(call, x.shape, call.attributes["filterShape"] as number[]);
    const lower = winogradApplies(info) ? winogradFilterGradient : filterGradient;
    return lower(x, dy, info);
  },
};
