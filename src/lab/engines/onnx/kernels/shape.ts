import { backend_util, slice_util, util } from "@tensorflow/tfjs-core";
import {
  binary,
  concat,
  constant,
  emit,
  expand,
  int64s,
  reshape,
  scalar,
  slice,
  transpose,
  where,
} from "../build.ts";
import type { Lowering, LoweringTable } from "../kernel.ts";
import { sameShape, sizeOf, toData, Value, zeros } from "../value.ts";

const stridedSlice: Lowering = ({ inputs, attributes }) => {
  const x = inputs["x"]!;
  const info = slice_util.sliceInfo(
    x.shape,
    attributes["begin"] as number[],
    attributes["end"] as number[],
    attributes["strides"] as number[],
    attributes["beginMask"] as number,
    attributes["endMask"] as number,
    attributes["ellipsisMask"] as number,
    attributes["newAxisMask"] as number,
    attributes["shrinkAxisMask"] as number,
  );
  if (info.isIdentity) return reshape(x, info.finalShape);
  const { begin, end, strides } = info;
  const lengths = slice_util.computeOutShape(begin, end, strides);
  if (sizeOf(info.finalShape) === 0) return empty(info.finalShape, x);
  return reshape(strided(x, begin, end, strides, lengths), info.finalShape);
};

const empty = (shape: readonly number[], { dtype }: Value): Value =>
  new Value(shape, dtype, { data: zeros(0, dtype) });

/** An end of −1 under a negative stride means before the first element; ONNX counts it from the back. */
function strided(
  x: Value,
  begin: number[],
  end: number[],
  strides: number[],
  shape: number[],
): Value {
  const last = end.map((e, i) => (strides[i]! < 0 && e < 0 ? -(x.shape[i]! + 1) : e));
  const axes = int64s(begin.map((_, i) => i));
  return emit("Slice", [x, int64s(begin), int64s(last), axes, int64s(strides)], shape, x.dtype);
}

function reversed(x: Value, axes: readonly number[]): Value {
  if (axes.length === 0 || x.size === 0) return x;
  const strides = x.shape.map((_, i) => (axes.includes(i) ? -1 : 1));
  const end = x.shape.map((d, i) => (axes.includes(i) ? -1 : d));
  const begin = x.shape.map((d, i) => (axes.includes(i) ? d - 1 : 0));
  return strided(x, begin, end, strides, x.shape);
}

/** One slice per part, along an axis. */
function parts(x: Value, sizes: readonly number[], axis: number): Value[] {
  let start = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    start += size;
    return slice(
      x,
      begin,
      x.shape.map((d, i) => (i === axis ? size : d)),
    );
  });
}

const without = (shape: readonly number[], axis: number): number[] =>
  shape.filter((_, i) => i !== axis);

const pack: Lowering = ({ list, attributes: { axis } }) => {
  for (const { shape, dtype } of list) {
    util.assertShapesMatch(shape, list[0]!.shape, "stack: ");
    util.assert(dtype === list[0]!.dtype, () => `stack: types ${dtype} and ${list[0]!.dtype}`);
  }
  const shape = [...list[0]!.shape];
  shape.splice(axis as number, 0, 1);
  return concat(
    list.map((value) => reshape(value, shape)),
    axis as number,
  );
};

const unpack: Lowering = ({ inputs: { value }, attributes }) => {
  const axis = util.parseAxisParam(attributes["axis"] as number, value!.shape)[0]!;
  const sizes = new Array<number>(value!.shape[axis]!).fill(1);
  return parts(value!, sizes, axis).map((part) => reshape(part, without(part.shape, axis)));
};

const tile: Lowering = ({ inputs: { x }, attributes }) => {
  const reps = attributes["reps"] as number[];
  const shape = x!.shape.map((d, i) => d * reps[i]!);
  if (sizeOf(shape) === 0) return empty(shape, x!);
  if (x!.shape.every((d, i) => d === 1 || reps[i] === 1)) return expand(x!, shape);
  return emit("Tile", [x!, int64s(reps)], shape, x!.dtype);
};

type Paddings = [number, number][];

/** x with `value` around it. */
export function pad(x: Value, paddings: Paddings, value = 0): Value {
  const shape = x.shape.map((d, i) => d + paddings[i]![0] + paddings[i]![1]);
  if (sameShape(shape, x.shape)) return x;
  const fill = constant(toData([value], x.dtype), [], x.dtype);
  if (x.size === 0) return expand(fill, shape);
  const widths = int64s([
    ...paddings.map(([before]) => before),
    ...paddings.map(([, after]) => after),
  ]);
  return emit("Pad", [x, widths, fill], shape, x.dtype);
}

/** Rows of an axis picked by an index table: ONNX has no padding that repeats the edge itself. */
const mirrorPad: Lowering = ({ inputs: { x }, attributes }) => {
  const offset = attributes["mode"] === "reflect" ? 0 : 1;
  return (attributes["paddings"] as Paddings).reduce((value, [before, after], axis) => {
    if (before === 0 && after === 0) return value;
    const length = value.shape[axis]!;
    const rows = Array.from({ length: before + length + after }, (_, i) => {
      const row = i - before;
      if (row < 0) return -row - offset;
      return row < length ? row : 2 * length - 2 - row + offset;
    });
    const shape = value.shape.map((d, i) => (i === axis ? rows.length : d));
    return emit("Gather", [value, int64s(rows)], shape, value.dtype, { axis: { int: axis } });
  }, x!);
};

/** The shape to which two shapes broadcast. @throws Error for known shapes that do not. */
const broadcastArgs: Lowering = ({ inputs: { s0, s1 } }) => {
  if (s0!.data && s1!.data) {
    const [a, b] = [s0!, s1!].map(({ data }) => Array.from(data!, Number));
    backend_util.assertAndGetBroadcastShape(a!, b!);
  }
  const rank = Math.max(s0!.size, s1!.size);
  const [x, y] = [s0!, s1!].map((s) => pad(s, [[rank - s.size, 0]], 1)) as [Value, Value];
  return where(binary("Equal", x, scalar(1, "int32"), "bool"), y, x);
};

export const shape: LoweringTable = {
  BroadcastArgs: broadcastArgs,
  Identity: ({ inputs: { x } }) => x!,
  Reshape: ({ inputs: { x }, attributes: { shape } }) =>
    reshape(x!, util.inferFromImplicitShape(shape as number[], x!.size)),
  ExpandDims: ({ inputs, attributes: { dim } }) => {
    const input = inputs["input"]!;
    const shape = [...input.shape];
    const axis = (dim as number) < 0 ? shape.length + (dim as number) + 1 : (dim as number);
    util.assert(axis >= 0, () => `expandDims: there is no axis ${String(dim)}`);
    shape.splice(axis, 0, 1);
    return reshape(input, shape);
  },
  Transpose: ({ inputs: { x }, attributes: { perm } }) => transpose(x!, perm as number[]),
  Concat: ({ list, attributes: { axis } }) => {
    const along = util.parseAxisParam(axis as number, list[0]!.shape)[0]!;
    backend_util.assertParamsConsistent(
      list.map((value) => value.shape),
      along,
    );
    return concat(list, along);
  },
  Pack: pack,
  Unpack: unpack,
  SplitV: ({ inputs: { x }, attributes: { numOrSizeSplits, axis } }) => {
    const along = util.parseAxisParam(axis as number, x!.shape)[0]!;
    const tensor = { shape: x!.shape } as Parameters<typeof backend_util.prepareSplitSize>[0];
    const sizes = backend_util.prepareSplitSize(tensor, numOrSizeSplits as number[], along);
    return parts(x!, sizes, along);
  },
  Slice: ({ inputs: { x }, attributes }) => {
    const tensor = { shape: x!.shape } as Parameters<typeof slice_util.parseSliceParams>[0];
    const { begin, size } = attributes as { begin: number[]; size: number[] };
    const [start, lengths] = slice_util.parseSliceParams(tensor, begin, size) as number[][];
    slice_util.assertParamsValid(tensor, start!, lengths!);
    return sizeOf(lengths!) === 0 ? empty(lengths!, x!) : slice(x!, start!, lengths!);
  },
  StridedSlice: stridedSlice,
  Reverse: ({ inputs: { x }, attributes: { dims } }) =>
    reversed(x!, util.parseAxisParam(dims as number[], x!.shape)),
  FlipLeftRight: ({ inputs: { image } }) => reversed(image!, [2]),
  Tile: tile,
  PadV2: ({ inputs: { x }, attributes: { paddings, constantValue } }) =>
    pad(x!, paddings as Paddings, Number(constantValue)),
  MirrorPad: mirrorPad,
};
