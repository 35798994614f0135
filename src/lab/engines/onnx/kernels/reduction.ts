import { util } from "@tensorflow/tfjs-core";
import { cast, constant, emit, floating, numeric, reduce, scalar, where } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import { type Data, type Value, zeros } from "../value.ts";

/** Max names its axes reductionIndices, the others axis. */
function axesOf({ attributes: { axis, reductionIndices } }: Call, x: Value): number[] {
  return util.parseAxisParam((axis ?? reductionIndices) as number[], x.shape);
}

/** The reduction of nothing, which ONNX Runtime refuses for some operators. */
function overNothing(call: Call, x: Value, value: number): Value {
  const axes = axesOf(call, x);
  const shape = x.shape.flatMap((d, i) => (axes.includes(i) ? (keepsDims(call) ? [1] : []) : [d]));
  const data = zeros(util.sizeFromShape(shape), x.dtype) as Float32Array;
  return constant(data.fill(value) as Data, shape, x.dtype);
}

const keepsDims = (call: Call): boolean => Boolean(call.attributes["keepDims"]);

const reduceAll = (operator: string, call: Call, x: Value): Value =>
  reduce(operator, x, axesOf(call, x), keepsDims(call));

const total =
  (operator: string, neutral: number): Lowering =>
  (call) => {
    const x = numeric(call.inputs["x"]!);
    return x.size === 0 ? overNothing(call, x, neutral) : reduceAll(operator, call, x);
  };

const mean: Lowering = (call) => {
  const x = floating(call.inputs["x"]!);
  return x.size === 0 ? overNothing(call, x, NaN) : reduceAll("ReduceMean", call, x);
};

/** ONNX Runtime's extrema pass over NaN, TF.js's do not. */
const extremum =
  (operator: string, neutral: number): Lowering =>
  (call) => {
    const x = numeric(call.inputs["x"]!);
    if (x.size === 0) return overNothing(call, x, neutral);
    const found = reduceAll(operator, call, x);
    if (x.dtype !== "float32") return cast(found, call.inputs["x"]!.dtype);
    const isNaN = cast(emit("IsNaN", [x], x.shape, "bool"), "int32");
    return where(cast(reduceAll("ReduceMax", call, isNaN), "bool"), scalar(NaN), found);
  };

const quantifier =
  (operator: string, neutral: number): Lowering =>
  (call) => {
    const x = cast(cast(call.inputs["x"]!, "bool"), "int32");
    const found = x.size === 0 ? overNothing(call, x, neutral) : reduceAll(operator, call, x);
    return cast(found, "bool");
  };

/** NaN is never the largest or the smallest. */
const position =
  (operator: string, never: number): Lowering =>
  (call) => {
    const given = numeric(call.inputs["x"]!);
    const isNaN = () => emit("IsNaN", [given], given.shape, "bool");
    const x = given.dtype === "float32" ? where(isNaN(), scalar(never), given) : given;
    const axis = axesOf(call, x)[0]!;
    const shape = x.shape.filter((_, i) => i !== axis);
    const attributes = { axis: { int: axis }, keepdims: { int: 0 } };
    return cast(emit(operator, [x], shape, "int64", attributes), "int32");
  };

export const reduction: LoweringTable = {
  Sum: total("ReduceSum", 0),
  Prod: total("ReduceProd", 1),
  Mean: mean,
  Max: extremum("ReduceMax", -Infinity),
  Min: extremum("ReduceMin", Infinity),
  All: quantifier("ReduceMin", 1),
  Any: quantifier("ReduceMax", 0),
  ArgMax: position("ArgMax", -Infinity),
  ArgMin: position("ArgMin", Infinity),
};
