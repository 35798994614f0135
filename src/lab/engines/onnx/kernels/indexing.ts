import { backend_util, util } from "@tensorflow/tfjs-core";
import {
  add,
  binary,
  cast,
  constant,
  emit,
  expand,
  int64s,
  mul,
  numeric,
  reduce,
  reshape,
  scalar,
  where,
} from "../build.ts";
import type { Lowering, LoweringTable } from "../kernel.ts";
import { type DType, sizeOf, toData, type Value } from "../value.ts";

const integers = (values: readonly number[], shape: readonly number[]): Value =>
  constant(toData(values, "int32"), shape, "int32");

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/**
 * Indices of which ONNX Runtime refuses those that TF.js refuses: it would count negative ones from
 * the end, and reads the next sample past the end of one, so that all of them become `refused`.
 * @throws Error as TF.js does, where the indices are known.
 */
function refuseOutside(indices: Value, length: number, refused: number): Value {
  for (const index of indices.data ?? []) {
    util.assert(
      index >= 0 && index < length,
      () => `GatherV2: the index value ${index} is not in [0, ${length - 1}]`,
    );
  }
  if (indices.data) return indices;
  const isOutside = binary(
    "Or",
    binary("Less", indices, scalar(0, "int32"), "bool"),
    binary("GreaterOrEqual", indices, scalar(length, "int32"), "bool"),
    "bool",
  );
  return where(isOutside, scalar(refused, "int32"), indices);
}

/** Along one axis; with batch axes, which x and indices share, rows of a matrix are numbered through. */
const gather: Lowering = ({ inputs, attributes }) => {
  const [x, given] = [inputs["x"]!, inputs["indices"]!];
  const axis = util.parseAxisParam(attributes["axis"] as number, x.shape)[0]!;
  const batchDims = (attributes["batchDims"] as number | undefined) ?? 0;
  type Info = Parameters<typeof backend_util.segment_util.collectGatherOpShapeInfo>;
  const info = backend_util.segment_util.collectGatherOpShapeInfo(
    x as unknown as Info[0],
    given as unknown as Info[1],
    axis,
    batchDims,
  );
  const indices = refuseOutside(given, info.dimSize, x.size);
  if (batchDims === 0) {
    return emit("Gather", [x, indices], info.outputShape, x.dtype, { axis: { int: axis } });
  }
  const { batchSize, outerSize, dimSize, sliceSize } = info;
  const rows = reshape(x, [batchSize * outerSize * dimSize, sliceSize]);
  const first = integers(
    range(batchSize * outerSize).map((block) => block * dimSize),
    [batchSize, outerSize, 1],
  );
  const perBatch = indices.size / batchSize;
  const numbers = add(reshape(indices, [batchSize, 1, perBatch]), first);
  const shape = [batchSize, outerSize, perBatch, sliceSize];
  const found = emit("Gather", [rows, numbers], shape, x.dtype, { axis: { int: 0 } });
  return reshape(found, info.outputShape);
};

const gatherNd: Lowering = ({ inputs: { params, indices } }) => {
  type Tensors = Parameters<typeof backend_util.prepareAndValidate>;
  const [shape] = backend_util.prepareAndValidate(
    params as unknown as Tensors[0],
    indices as unknown as Tensors[1],
  );
  const positions = cast(indices!, "int64");
  return emit("GatherND", [params!, positions], shape as number[], params!.dtype);
};

/**
 * Writes or adds rows to the rows of a matrix.
 * @param numbers [n] row numbers; repeated ones add up, or the last one stays.
 * @param rows [n, width]
 */
function scatter(matrix: Value, numbers: Value, rows: Value, reduction: "add" | "none"): Value {
  const [count, width] = rows.shape as [number, number];
  if (count === 0 || width === 0) return matrix;
  // ScatterElements works through its rows in order, so that sums do not depend on threads.
  const positions = expand(reshape(numbers, [count, 1]), [count, width]);
  return emit("ScatterElements", [matrix, positions, rows], matrix.shape, matrix.dtype, {
    axis: { int: 0 },
    reduction: { string: reduction },
  });
}

/** Sums of rows by segment; rows of negative and too large numbers belong to none. */
const segmentSum: Lowering = ({ inputs, attributes }) => {
  const [x, ids] = [numeric(inputs["x"]!), inputs["segmentIds"]!];
  const count = attributes["numSegments"] as number;
  const inner = x.shape.slice(ids.shape.length);
  const rows = reshape(x, [ids.size, sizeOf(inner)]);
  const numbers = reshape(ids, [ids.size]);
  const zero = expand(scalar(0, x.dtype), [count, sizeOf(inner)]);
  const isInside = binary(
    "And",
    binary("GreaterOrEqual", numbers, scalar(0, "int32"), "bool"),
    binary("Less", numbers, scalar(count, "int32"), "bool"),
    "bool",
  );
  const kept = where(reshape(isInside, [ids.size, 1]), rows, scalar(0, x.dtype));
  const safe = where(isInside, numbers, scalar(0, "int32"));
  return reshape(scatter(zero, safe, kept, "add"), [count, ...inner]);
};

/** Scatters slices into a tensor of the given shape, all flattened to rows. */
function scatterSlices(
  tensor: Value,
  indices: Value,
  updates: Value,
  reduction: "add" | "none",
): Value {
  type Tensors = Parameters<typeof backend_util.calculateShapes>;
  const { sliceRank, numUpdates, sliceSize, strides, outputSize } = backend_util.calculateShapes(
    updates as unknown as Tensors[0],
    indices as unknown as Tensors[1],
    tensor.shape,
  );
  const perRow = integers(strides.slice(0, sliceRank), [1, sliceRank]);
  const positions = mul(reshape(indices, [numUpdates, sliceRank]), perRow);
  const numbers = reduce("ReduceSum", positions, [1], false);
  const value = numeric(tensor);
  const matrix = reshape(value, [outputSize / sliceSize, sliceSize]);
  const rows = expand(
    reshape(numeric(updates), updates.size === 1 ? [1, 1] : [numUpdates, sliceSize]),
    [numUpdates, sliceSize],
  );
  const result = scatter(matrix, numbers, rows, reduction);
  return cast(reshape(result, tensor.shape), tensor.dtype);
}

const scatterNd: Lowering = ({ inputs: { indices, updates }, attributes }) => {
  const shape = attributes["shape"] as number[];
  const zero = expand(scalar(0, updates!.dtype), shape);
  return scatterSlices(zero, indices!, updates!, "add");
};

const sparseToDense: Lowering = ({ inputs, attributes: { outputShape } }) => {
  const [indices, values] = [inputs["sparseIndices"]!, inputs["sparseValues"]!];
  const dense = expand(cast(inputs["defaultValue"]!, values.dtype), outputShape as number[]);
  return scatterSlices(dense, indices, values, "none");
};

/** By comparison, so that an index outside gives a row of off-values. */
const oneHot: Lowering = ({ inputs, attributes }) => {
  const indices = inputs["indices"]!;
  const { depth, onValue, offValue, dtype } = attributes as unknown as {
    depth: number;
    onValue: number;
    offValue: number;
    dtype: DType;
  };
  const classes = integers(range(depth), [depth]);
  const isHot = binary("Equal", reshape(indices, [...indices.shape, 1]), classes, "bool");
  const number = dtype === "bool" ? "int32" : dtype;
  return cast(where(isHot, scalar(onValue, number), scalar(offValue, number)), dtype);
};

/** Largest elements of the last axis and their places, always sorted, as in TF.js's backends. */
const topK: Lowering = ({ inputs: { x }, attributes: { k } }) => {
  const value = numeric(x!);
  const shape = [...x!.shape.slice(0, -1), k as number];
  const inputs = [value, int64s([k as number])];
  const options = { axis: { int: -1 }, sorted: { int: 1 } };
  const output = (index: number, dtype: DType) =>
    emit("TopK", inputs, shape, dtype, options, "", { index, count: 2 });
  return [cast(output(0, value.dtype), x!.dtype), cast(output(1, "int64"), "int32")];
};

/** For each value, how many elements of its sorted row stand before it. */
const searchSorted: Lowering = ({ inputs, attributes: { side } }) => {
  const [sorted, values] = [inputs["sortedSequence"]!, inputs["values"]!];
  const [rows, length] = sorted.shape as [number, number];
  const isBefore = binary(
    side === "left" ? "Less" : "LessOrEqual",
    reshape(sorted, [rows, 1, length]),
    reshape(values, [...values.shape, 1]),
    "bool",
  );
  return reduce("ReduceSum", cast(isBefore, "int32"), [2], false);
};

export const indexing: LoweringTable = {
  GatherV2: gather,
  GatherNd: gatherNd,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: scatterNd,
  TensorScatterUpdate: ({ inputs: { tensor, indices, updates } }) =>
    scatterSlices(tensor!, indices!, updates!, "none"),
  SparseToDense: sparseToDense,
  OneHot: oneHot,
  TopK: topK,
  SearchSorted: searchSorted,
};
