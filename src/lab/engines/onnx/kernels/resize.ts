import { add, constant, emit, floating, int64s, matMul, mul, reshape, sub } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import type { Value } from "../value.ts";

/** Where an axis of an image is read when it is resized, in units of its own pixels. */
function positions({ attributes }: Call, from: number, to: number): number[] {
  const { alignCorners, halfPixelCenters } = attributes;
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Array.from({ length: to }, (_, i) => (halfPixelCenters ? ratio * (i + 0.5) : ratio * i));
}

/** For each pixel of the result, the nearest of the source. */
function nearest(call: Call, from: number, to: number): number[] {
  const round = call.attributes["alignCorners"] ? Math.round : Math.floor;
  return positions(call, from, to).map((at) => Math.min(from - 1, round(at)));
}

/** A linear map of an axis: [to, from]. */
type Weights = (call: Call, from: number, to: number) => Float32Array;

const nearestWeights: Weights = (call, from, to) => {
  const weights = new Float32Array(to * from);
  nearest(call, from, to).forEach((source, i) => (weights[i * from + source] = 1));
  return weights;
};

/** For each pixel of the result, the two of the source that it lies between, and how far from the first. */
function neighbours(call: Call, from: number, to: number) {
  return positions(call, from, to).map((start) => {
    const at = call.attributes["halfPixelCenters"] ? start - 0.5 : start;
    const low = Math.max(0, Math.floor(at));
    return { low, high: Math.min(from - 1, Math.ceil(at)), share: at - low };
  });
}

const bilinearWeights: Weights = (call, from, to) => {
  const weights = new Float32Array(to * from);
  neighbours(call, from, to).forEach(({ low, high, share }, i) => {
    weights[i * from + low]! += 1 - share;
    weights[i * from + high]! += share;
  });
  return weights;
};

/** Applies the transpose of a map to the rows and columns of images [batch, rows, columns, channels]. */
function back(x: Value, rows: Value, columns: Value): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [toHeight, toWidth] = [rows.shape[1]!, columns.shape[1]!];
  const tall = matMul(rows, reshape(x, [batch, height, width * channels]), true);
  const lines = reshape(tall, [batch * toHeight, width, channels]);
  const wide = matMul(columns, lines, true);
  return reshape(wide, [batch, toHeight, toWidth, channels]);
}

/** The rows of an axis that are named, in their order. */
function pick(x: Value, axis: number, places: readonly number[]): Value {
  const shape = x.shape.map((d, i) => (i === axis ? places.length : d));
  return emit("Gather", [x, int64s(places)], shape, x.dtype, { axis: { int: axis } });
}

function maps(call: Call, weights: Weights, from: readonly number[], to: readonly number[]) {
  return [1, 2].map((axis) => {
    const [source, target] = [from[axis]!, to[axis]!];
    return constant(weights(call, source, target), [target, source], "float32");
  }) as [Value, Value];
}

const resized = (x: Value, size: unknown): number[] => {
  const [height, width] = size as [number, number];
  return [x.shape[0]!, height, width, x.shape[3]!];
};

/** From the neighbours alone: a product with all weights would spread what is not finite. */
const bilinear: Lowering = (call) => {
  const x = floating(call.inputs["images"]!);
  const shape = resized(x, call.attributes["size"]);
  return [2, 1].reduce((value, axis) => {
    const found = neighbours(call, x.shape[axis]!, shape[axis]!);
    const [lows, highs] = [found.map(({ low }) => low), found.map(({ high }) => high)];
    const [low, high] = [pick(value, axis, lows), pick(value, axis, highs)];
    const shares = Float32Array.from(found, ({ share }) => share);
    const along = axis === 1 ? [shares.length, 1, 1] : [shares.length, 1];
    return add(low, mul(sub(high, low), constant(shares, along, "float32")));
  }, x);
};

const nearestNeighbour: Lowering = (call) => {
  const x = call.inputs["images"]!;
  const shape = resized(x, call.attributes["size"]);
  return [1, 2].reduce(
    (value, axis) => pick(value, axis, nearest(call, x.shape[axis]!, shape[axis]!)),
    x,
  );
};

/** The transposed map of the gradient of the result. */
const gradient =
  (weights: Weights): Lowering =>
  (call) => {
    const { images, dy } = call.inputs;
    return back(dy!, ...maps(call, weights, images!.shape, dy!.shape));
  };

export const resize: LoweringTable = {
  ResizeBilinear: bilinear,
  ResizeBilinearGrad: gradient(bilinearWeights),
  ResizeNearestNeighbor: nearestNeighbour,
  ResizeNearestNeighborGrad: gradient(nearestWeights),
};
