import { constant, emit, floating, int64s, matMul, reshape } from "../build.ts";
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

const bilinearWeights: Weights = (call, from, to) => {
  const weights = new Float32Array(to * from);
  positions(call, from, to).forEach((start, i) => {
    const at = call.attributes["halfPixelCenters"] ? start - 0.5 : start;
    const low = Math.max(0, Math.floor(at));
    const high = Math.min(from - 1, Math.ceil(at));
    weights[i * from + low]! += 1 - (at - low);
    weights[i * from + high]! += at - low;
  });
  return weights;
};

/** Applies a map, or its transpose, to the rows and columns of images [batch, rows, columns, channels]. */
function along(x: Value, rows: Value, columns: Value, transpose: boolean): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [toHeight, toWidth] = [rows, columns].map((map) => map.shape[transpose ? 1 : 0]!) as [
    number,
    number,
  ];
  const tall = matMul(rows, reshape(x, [batch, height, width * channels]), transpose);
  const lines = reshape(tall, [batch * toHeight, width, channels]);
  const wide = matMul(columns, lines, transpose);
  return reshape(wide, [batch, toHeight, toWidth, channels]);
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

const bilinear: Lowering = (call) => {
  const x = floating(call.inputs["images"]!);
  const shape = resized(x, call.attributes["size"]);
  return along(x, ...maps(call, bilinearWeights, x.shape, shape), false);
};

const nearestNeighbour: Lowering = (call) => {
  const x = call.inputs["images"]!;
  const shape = resized(x, call.attributes["size"]);
  return [1, 2].reduce((value, axis) => {
    const rows = int64s(nearest(call, x.shape[axis]!, shape[axis]!));
    const picked = value.shape.map((d, i) => (i === axis ? shape[i]! : d));
    return emit("Gather", [value, rows], picked, value.dtype, { axis: { int: axis } });
  }, x);
};

/** The transposed map of the gradient of the result. */
const gradient =
  (weights: Weights): Lowering =>
  (call) => {
    const { images, dy } = call.inputs;
    return along(dy!, ...maps(call, weights, images!.shape, dy!.shape), true);
  };

export const resize: LoweringTable = {
  ResizeBilinear: bilinear,
  ResizeBilinearGrad: gradient(bilinearWeights),
  ResizeNearestNeighbor: nearestNeighbour,
  ResizeNearestNeighborGrad: gradient(nearestWeights),
};
