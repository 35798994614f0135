import { util } from "@tensorflow/tfjs-core";
import { binary, cast, constant, emit, mul, reshape, scalar, sub, unary, where } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import { type DType, type Value, zeros } from "../value.ts";

const arithmetic =
  (operator: string): Lowering =>
  ({ inputs: { a, b } }) =>
    binary(operator, a!, b!, a!.dtype);

const comparison =
  (operator: string): Lowering =>
  ({ inputs: { a, b } }) =>
    binary(operator, a!, b!, "bool");

const function_ =
  (operator: string): Lowering =>
  ({ inputs: { x } }) =>
    unary(operator, x!);

function filled(shape: number[], value: number, dtype: DType): Value {
  const data = zeros(util.sizeFromShape(shape), dtype) as Float32Array;
  return constant(data.fill(value), shape, dtype);
}

const arithmetics = {
  Add: "Add",
  Sub: "Sub",
  Multiply: "Mul",
  RealDiv: "Div",
  Maximum: "Max",
  Minimum: "Min",
  Pow: "Pow",
};

const comparisons = {
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  Less: "Less",
  LessEqual: "LessOrEqual",
  Equal: "Equal",
  LogicalAnd: "And",
  LogicalOr: "Or",
};

const functions = {
  Relu: "Relu",
  Sqrt: "Sqrt",
  Tanh: "Tanh",
  Sigmoid: "Sigmoid",
  Exp: "Exp",
  Log: "Log",
  Abs: "Abs",
  Neg: "Neg",
  Sign: "Sign",
  Elu: "Elu",
  Softplus: "Softplus",
  Reciprocal: "Reciprocal",
  LogicalNot: "Not",
  Floor: "Floor",
  Ceil: "Ceil",
  Sin: "Sin",
  Cos: "Cos",
};

const step: Lowering = ({ inputs: { x }, attributes: { alpha } }) => {
  const positive = emit("Greater", [x!, scalar(0, x!.dtype)], x!.shape, "bool");
  if (!alpha) return cast(positive, "float32");
  return where(positive, scalar(1), scalar(Number(alpha)));
};

/** TF.js aligns a condition of lower rank with the first axes, ONNX with the last. */
const select: Lowering = ({ inputs: { condition, t, e } }: Call) => {
  const missing = t!.shape.length - condition!.shape.length;
  const aligned =
    missing > 0
      ? reshape(condition!, [...condition!.shape, ...new Array<number>(missing).fill(1)])
      : condition!;
  return where(aligned, t!, e!);
};

export const elementwise: LoweringTable = {
  ...Object.fromEntries(Object.entries(arithmetics).map(([k, op]) => [k, arithmetic(op)])),
  ...Object.fromEntries(Object.entries(comparisons).map(([k, op]) => [k, comparison(op)])),
  ...Object.fromEntries(Object.entries(functions).map(([k, op]) => [k, function_(op)])),
  SquaredDifference: ({ inputs: { a, b } }) => {
    const difference = sub(a!, b!);
    return mul(difference, difference);
  },
  Square: ({ inputs: { x } }) => mul(x!, x!),
  Rsqrt: ({ inputs: { x } }) => unary("Reciprocal", unary("Sqrt", x!)),
  AddN: ({ list }) => emit("Sum", list, list[0]!.shape, list[0]!.dtype),
  Cast: ({ inputs: { x }, attributes: { dtype } }) => cast(x!, dtype as DType),
  Step: step,
  Select: select,
  LeakyRelu: ({ inputs: { x }, attributes: { alpha } }) =>
    unary("LeakyRelu", x!, { alpha: { float: Number(alpha) } }),
  Softmax: ({ inputs: { logits }, attributes: { dim } }) =>
    unary("Softmax", logits!, { axis: { int: Number(dim) } }),
  ZerosLike: ({ inputs: { x } }) => filled(x!.shape, 0, x!.dtype),
  OnesLike: ({ inputs: { x } }) => filled(x!.shape, 1, x!.dtype),
  Fill: ({ attributes: { shape, value, dtype } }) =>
    filled(shape as number[], Number(value), (dtype as DType | undefined) ?? "float32"),
};
