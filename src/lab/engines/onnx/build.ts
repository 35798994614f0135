import { backend_util } from "@tensorflow/tfjs-core";
import {
  type Attribute,
  type Data,
  type DType,
  type Node,
  sameShape,
  sizeOf,
  toData,
  Value,
} from "./value.ts";

/** How convolutions become nodes; see convolution.ts and winograd.ts. */
export type ConvolutionForm = "winograd" | "im2col" | "conv";

/** Equal nodes and equal small constants of one trace merge: this remembers them. */
export interface Scope {
  convolution: ConvolutionForm;
  nodes: Map<string, Value>;
  constants: Map<string, Value>;
}

export const createScope = (convolution: ConvolutionForm): Scope => ({
  convolution,
  nodes: new Map(),
  constants: new Map(),
});

let scope: Scope | null = null;

export const convolutionForm = (): ConvolutionForm => scope?.convolution ?? "winograd";

/** Runs `body` in a scope of its own, in which equal nodes merge. */
export function withScope<T>(next: Scope, body: () => T): T {
  const outer = scope;
  scope = next;
  try {
    return body();
  } finally {
    scope = outer;
  }
}

/** Appends a node, or finds the equal one already in scope. */
export function emit(
  operator: string,
  inputs: Value[],
  shape: readonly number[],
  dtype: DType,
  attributes: Record<string, Attribute> = {},
  domain = "",
  output?: Node["output"],
): Value {
  const node = { operator, domain, inputs, attributes, output };
  const make = () => new Value(shape, dtype, { node });
  if (!scope) return make();
  const ids = inputs.map((v) => v.id).join();
  const key = `${operator}|${output?.index}|${ids}|${JSON.stringify(attributes)}|${dtype}`;
  const known = scope.nodes.get(key);
  if (known) return known;
  const value = make();
  scope.nodes.set(key, value);
  return value;
}

export function constant(data: Data, shape: readonly number[], dtype: DType): Value {
  if (!scope || data.length > 64) return new Value(shape, dtype, { data });
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
  const key = `${dtype}|${shape.join()}|${bytes}`;
  const known = scope.constants.get(key);
  if (known) return known;
  const value = new Value(shape, dtype, { data });
  scope.constants.set(key, value);
  return value;
}

export const scalar = (value: number, dtype: DType = "float32"): Value =>
  constant(toData([value], dtype), [], dtype);

/** A list of shapes or axes, as ONNX wants them. */
export const int64s = (values: readonly number[]): Value =>
  constant(toData(values, "int64"), [values.length], "int64");

export function reshape(value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  if (value.data) return new Value(shape, value.dtype, { data: value.data });
  let source = value;
  while (source.node?.operator === "Reshape") source = source.node.inputs[0]!;
  if (sameShape(source.shape, shape)) return source;
  // Without it, a 0 means: as in the input.
  const zeros: Record<string, Attribute> = shape.includes(0) ? { allowzero: { int: 1 } } : {};
  return emit("Reshape", [source, int64s(shape)], shape, value.dtype, zeros);
}

const onnxTypes = { float32: 1, int32: 6, int64: 7, bool: 9, bfloat16: 16 } as const;
export const onnxType = (dtype: keyof typeof onnxTypes): number => onnxTypes[dtype];

export function cast(value: Value, dtype: DType): Value {
  if (value.dtype === dtype) return value;
  return emit("Cast", [value], value.shape, dtype, { to: { int: onnxType(dtype) } });
}

/** For operators that know numbers, but not booleans. */
export const numeric = (value: Value): Value =>
  value.dtype === "bool" ? cast(value, "int32") : value;

export const floating = (value: Value): Value => cast(value, "float32");

export function expand(value: Value, shape: readonly number[]): Value {
  if (sameShape(value.shape, shape)) return value;
  return emit("Expand", [value, int64s(shape)], shape, value.dtype);
}

export function transpose(value: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => value.shape[axis]!);
  const moved = permutation.filter((axis) => value.shape[axis]! > 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)) return reshape(value, shape);
  return emit("Transpose", [value], shape, value.dtype, { perm: { ints: [...permutation] } });
}

/** Swaps the last two axes. */
export function transposeMatrix(value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  axes.push(...axes.splice(-2).reverse());
  return transpose(value, axes);
}

const isOne = (value: Value) => value.size === 1 && value.uniform === 1;

/** A broadcasting binary operator; uniform constants become scalars, factors of 1 vanish. */
export function binary(operator: string, a: Value, b: Value, dtype: DType): Value {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  if (sizeOf(shape) === 0) return new Value(shape, dtype, { data: toData([], dtype) });
  const shrink = (v: Value) =>
    v.data && v.size > 1 && v.uniform !== null ? scalar(v.uniform, v.dtype) : v;
  const [x, y] = [shrink(a), shrink(b)];
  const natural = backend_util.assertAndGetBroadcastShape(x.shape, y.shape);
  const result = () => {
    if (operator === "Mul" && isOne(x) && sizeOf(natural) === y.size) {
      return reshape(y, natural);
    }
    if ((operator === "Mul" || operator === "Div") && isOne(y)) return reshape(x, natural);
    if (operator === "Div" && dtype === "float32" && y.size === 1 && isPowerOfTwo(y.uniform)) {
      return emit("Mul", [x, scalar(1 / y.uniform!)], natural, dtype);
    }
    return emit(operator, [x, y], natural, dtype);
  };
  return expand(result(), shape);
}

/** Dividing by one equals multiplying by its reciprocal, bit for bit, where float32 has that. */
function isPowerOfTwo(x: number | null): boolean {
  if (x === null || !Number.isInteger(Math.log2(Math.abs(x)))) return false;
  return Number.isFinite(Math.fround(1 / x));
}

export const add = (a: Value, b: Value): Value => binary("Add", a, b, a.dtype);
export const sub = (a: Value, b: Value): Value => binary("Sub", a, b, a.dtype);
export const mul = (a: Value, b: Value): Value => binary("Mul", a, b, a.dtype);
export const div = (a: Value, b: Value): Value => binary("Div", a, b, a.dtype);

export const unary = (
  operator: string,
  x: Value,
  attributes: Record<string, Attribute> = {},
): Value => emit(operator, [x], x.shape, x.dtype, attributes);

/** condition [bool] ? a : b, broadcasting. */
export function where(condition: Value, a: Value, b: Value, dtype: DType = a.dtype): Value {
  const shape = backend_util.assertAndGetBroadcastShape(
    condition.shape,
    backend_util.assertAndGetBroadcastShape(a.shape, b.shape),
  );
  return emit("Where", [condition, a, b], shape, dtype);
}

export function concat(values: Value[], axis: number): Value {
  if (values.length === 1) return values[0]!;
  const shape = [...values[0]!.shape];
  shape[axis] = values.reduce((sum, value) => sum + value.shape[axis]!, 0);
  return emit("Concat", values, shape, values[0]!.dtype, { axis: { int: axis } });
}

/** Rows `begin` … `begin + size − 1` of every axis. */
export function slice(value: Value, begin: readonly number[], size: readonly number[]): Value {
  if (sameShape(value.shape, size)) return value;
  const end = begin.map((b, i) => b + size[i]!);
  return emit("Slice", [value, int64s(begin), int64s(end)], size, value.dtype);
}

/** Whole rows of a matrix by index; the index may have any shape. */
export function gatherRows(matrix: Value, indices: Value): Value {
  const shape = [...indices.shape, ...matrix.shape.slice(1)];
  return emit("Gather", [matrix, indices], shape, matrix.dtype, { axis: { int: 0 } });
}

const zeroRows = new Map<number, Value>();

/** One value per width, so that equal patches of equal pictures merge. */
function zeroRow(columns: number): Value {
  const known = zeroRows.get(columns);
  if (known) return known;
  const row = new Value([1, columns], "float32", { data: new Float32Array(columns) });
  zeroRows.set(columns, row);
  return row;
}

/** The matrix with one more row, of zeros: what padding reads. */
export const withZeroRow = (matrix: Value): Value => concat([matrix, zeroRow(matrix.shape[1]!)], 0);

/** Matrix product of two matrices, either transposed. */
export function gemm(a: Value, b: Value, transposeA = false, transposeB = false): Value {
  const rows = a.shape[transposeA ? 1 : 0]!;
  const columns = b.shape[transposeB ? 0 : 1]!;
  if (!transposeA && !transposeB) return emit("MatMul", [a, b], [rows, columns], "float32");
  const attributes = { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } };
  return emit("Gemm", [a, b], [rows, columns], "float32", attributes);
}

/** Matrix products over leading batch axes, which broadcast. */
export function matMul(a: Value, b: Value, transposeA = false, transposeB = false): Value {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const inner = a.shape.at(transposeA ? -2 : -1)!;
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const shape = [...backend_util.assertAndGetBroadcastShape(batchA, batchB), rows, columns];
  if (inner === 0) return expand(scalar(0), shape);
  if (sizeOf(batchA) === 1 && sizeOf(batchB) === 1) {
    const flat = gemm(
      reshape(a, a.shape.slice(-2)),
      reshape(b, b.shape.slice(-2)),
      transposeA,
      transposeB,
    );
    return reshape(flat, shape);
  }
  if (!transposeA && !transposeB) return emit("MatMul", [a, b], shape, "float32");
  const attributes = { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } };
  return emit("FusedMatMul", [a, b], shape, "float32", attributes, "com.microsoft");
}

/** A reduction such as ReduceSum over the given axes. */
export function reduce(
  operator: string,
  value: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const shape = keepDims
    ? value.shape.map((d, i) => (axes.includes(i) ? 1 : d))
    : value.shape.filter((_, i) => !axes.includes(i));
  if (axes.length === 0 || axes.every((axis) => value.shape[axis] === 1)) {
    return reshape(value, shape);
  }
  return emit(operator, [value, int64s(axes)], shape, value.dtype, {
    keepdims: { int: Number(keepDims) },
  });
}
