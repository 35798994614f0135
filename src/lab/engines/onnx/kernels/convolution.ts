import { backend_util } from "@tensorflow/tfjs-core";
import { add, cast, convolutionForm, emit, floating, reshape, slice, transpose } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import type { Value } from "../value.ts";
import { filterGradient, inputGradient, product } from "./im2col.ts";
import { activate } from "./matrix.ts";
import {
  channelsFirst,
  channelsLast,
  outShape,
  type Window,
  windowAttributes,
  windowOf2d,
  windowOf3d,
} from "./window.ts";
import {
  winogradApplies,
  winogradFilterGradient,
  winogradInputGradient,
  winogradProduct,
} from "./winograd.ts";

type Size = [number, number, number, number];
type Size3d = [number, number, number, number, number];

const isChannelsFirst = ({ attributes: { dataFormat } }: Call) =>
  dataFormat === "NCHW" || dataFormat === "NCDHW";
const fromCall = (call: Call, value: Value) =>
  isChannelsFirst(call) ? channelsLast(value) : value;
const toCall = (call: Call, value: Value) => (isChannelsFirst(call) ? channelsFirst(value) : value);

/** Entries per axis in the call's layout, with the channels last. */
const axesFromCall = <T>(call: Call, axes: T[]): T[] =>
  isChannelsFirst(call) ? [axes[0]!, ...axes.slice(2), axes[1]!] : axes;

/** Geometry of a call whose tensors have the channels last. */
function describe(call: Call, inputShape: number[], filterShape: number[]): Window {
  const { strides, dilations, pad, dimRoundingMode } = call.attributes;
  if (inputShape.length === 5) {
    const info = backend_util.computeConv3DInfo(
      inputShape as Size3d,
      filterShape as Size3d,
      strides as [number, number, number],
      (dilations as [number, number, number] | undefined) ?? 1,
      pad as "same",
    );
    return windowOf3d(info);
  }
  const info = backend_util.computeConv2DInfo(
    inputShape as Size,
    filterShape as Size,
    strides as [number, number],
    (dilations as [number, number] | undefined) ?? 1,
    (Array.isArray(pad) ? axesFromCall<unknown>(call, pad) : pad) as "same",
    dimRoundingMode as "floor",
  );
  return windowOf2d(info);
}

/** The plain operator, for models that others read: channels first, as ONNX defines it. */
function onnxConv(x: Value, filter: Value, w: Window): Value {
  const [batch, ...rest] = outShape(w);
  const shape = [batch!, rest.at(-1)!, ...rest.slice(0, -1)];
  const space = w.filter.map((_, i) => i);
  const outFirst = transpose(filter, [space.length + 1, space.length, ...space]);
  const output = emit("Conv", [channelsFirst(x), outFirst], shape, "float32", windowAttributes(w));
  return channelsLast(output);
}

const convolve: Lowering = (call) => {
  const { x: given, filter } = call.inputs as Record<"x" | "filter", Value>;
  const x = floating(fromCall(call, given));
  const window = describe(call, x.shape, filter.shape);
  const isOnnx = convolutionForm() === "conv";
  const lower = isOnnx ? onnxConv : winogradApplies(window) ? winogradProduct : product;
  return toCall(call, cast(lower(x, floating(filter), window), given.dtype));
};

const backpropInput: Lowering = (call) => {
  const { dy, filter } = call.inputs as Record<"dy" | "filter", Value>;
  const inputShape = axesFromCall(call, call.attributes["inputShape"] as number[]);
  const window = describe(call, inputShape, filter.shape);
  const lower = winogradApplies(window) ? winogradInputGradient : inputGradient;
  // conv2dTranspose may give more than the geometry reads; like the cpu backend, use its corner.
  const read = outShape(window);
  const errors = slice(floating(fromCall(call, dy)), new Array<number>(read.length).fill(0), read);
  return toCall(call, lower(errors, floating(filter), window));
};

const backpropFilter: Lowering = (call) => {
  const x = floating(fromCall(call, call.inputs["x"]!));
  const dy = floating(fromCall(call, call.inputs["dy"]!));
  const window = describe(call, x.shape, call.attributes["filterShape"] as number[]);
  return (winogradApplies(window) ? winogradFilterGradient : filterGradient)(x, dy, window);
};

/** With the channels first, a vector belongs to them and not to the last axis. */
function perChannel(call: Call, name: string): Value | undefined {
  const value = call.inputs[name];
  if (!value || !isChannelsFirst(call)) return value;
  if (value.shape.length !== 1 || value.size === 1) return value;
  return reshape(value, [value.size, 1, 1]);
}

/** Bias and activation of a fused convolution, after `lower`. */
export const fused =
  (lower: Lowering): Lowering =>
  (call) => {
    const output = lower(call) as Value;
    const bias = perChannel(call, "bias");
    const slopes = perChannel(call, "preluActivationWeights");
    const inputs = slopes ? { ...call.inputs, preluActivationWeights: slopes } : call.inputs;
    return activate(bias ? add(output, bias) : output, { ...call, inputs });
  };

export const convolution: LoweringTable = {
  Conv2D: convolve,
  FusedConv2D: fused(convolve),
  Conv2DBackpropInput: backpropInput,
  Conv2DBackpropFilter: backpropFilter,
  Conv3D: convolve,
  Conv3DBackpropInputV2: backpropInput,
  Conv3DBackpropFilterV2: backpropFilter,
};
