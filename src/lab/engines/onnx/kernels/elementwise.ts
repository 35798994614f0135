import { backend_util } from "@tensorflow/tfjs-core";
import { add, binary, cast, emit, floating, mul, numeric, scalar, unary, where } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import type { DType, Value } from "../value.ts";

/** Operators that ONNX Runtime has for the numbers of any type, and that keep it. */
const functions = { Relu: "Relu", Abs: "Abs", Neg: "Neg" };

/** Operators for real numbers alone: integers are cast, as TF.js casts them. */
const realFunctions = {
  Sqrt: "Sqrt",
  Tanh: "Tanh",
  Exp: "Exp",
  Log: "Log",
  Erf: "Erf",
  Softplus: "Softplus",
  Reciprocal: "Reciprocal",
  Sin: "Sin",
  Cos: "Cos",
  Tan: "Tan",
  Asin: "Asin",
  Acos: "Acos",
  Atan: "Atan",
  Sinh: "Sinh",
  Cosh: "Cosh",
  Asinh: "Asinh",
  Acosh: "Acosh",
  Atanh: "Atanh",
};

/** Whole numbers pass through these unchanged. */
const roundings = { Floor: "Floor", Ceil: "Ceil", Round: "Round" };

const function_ =
  (operator: string): Lowering =>
  ({ inputs: { x } }) =>
    unary(operator, numeric(x!));

const realFunction =
  (operator: string): Lowering =>
  ({ inputs: { x } }) =>
    unary(operator, floating(x!));

const rounding =
  (operator: string): Lowering =>
  ({ inputs: { x } }) =>
    x!.dtype === "float32" ? unary(operator, x!) : x!;

/** The gradient of ReLU; at NaN it is 0 where TF.js has NaN, which would cost a pass per layer. */
const step: Lowering = ({ inputs: { x }, attributes: { alpha } }) => {
  const dtype = x!.dtype === "int32" ? "int32" : "float32";
  const positive = emit("Greater", [numeric(x!), scalar(0, dtype)], x!.shape, "bool");
  if (!alpha) return cast(positive, dtype);
  return where(positive, scalar(1, dtype), scalar(Number(alpha), dtype));
};

/** NaN becomes 0, as in TF.js. */
const sign: Lowering = ({ inputs: { x } }) => {
  const value = numeric(x!);
  if (value.dtype !== "float32") return unary("Sign", value);
  const isNaN = emit("IsNaN", [value], value.shape, "bool");
  return where(isNaN, scalar(0), unary("Sign", value));
};

/** eˣ − 1 = tanh(x/2)·(eˣ + 1), which keeps its digits near 0. */
const expm1 = (x: Value): Value =>
  mul(unary("Tanh", mul(x, scalar(0.5))), add(unary("Exp", x), scalar(1)));

/** 1 / (1 + e⁻ˣ): ONNX Runtime's own operator loses its digits below −5 and is 0 below −18. */
export const sigmoid = (x: Value): Value =>
  unary("Reciprocal", add(unary("Exp", unary("Neg", x)), scalar(1)));

/** x < 0 ? eˣ − 1 : x, near 0 with the digits that ONNX Runtime's own operator cancels. */
export const elu = (x: Value): Value => where(binary("Less", x, scalar(0), "bool"), expm1(x), x);

/** scale · (x < 0 ? alpha·(eˣ − 1) : x) */
function selu(x: Value): Value {
  const negative = mul(expm1(x), scalar(backend_util.SELU_SCALEALPHA));
  const positive = mul(x, scalar(backend_util.SELU_SCALE));
  return where(binary("Less", x, scalar(0), "bool"), negative, positive);
}

/** log(1 + x) = 2·artanh(x/(2 + x)), which keeps its digits near 0; the plain form far from it. */
const log1p: Lowering = ({ inputs: { x } }) => {
  const value = floating(x!);
  const ratio = binary("Div", value, add(value, scalar(2)), "float32");
  const isNear = binary("Less", unary("Abs", value), scalar(0.5), "bool");
  const near = mul(unary("Atanh", ratio), scalar(2));
  return where(isNear, near, unary("Log", add(value, scalar(1))));
};

function clip(x: Value, low: number, high: number): Value {
  const bounds = [scalar(low, x.dtype), scalar(high, x.dtype)];
  return emit("Clip", [x, ...bounds], x.shape, x.dtype);
}

export const relu6 = (x: Value): Value => clip(numeric(x), 0, 6);

export const leakyRelu = (x: Value, alpha: unknown): Value =>
  unary("LeakyRelu", floating(x), { alpha: { float: Number(alpha) } });

/** x < 0 ? alpha·x : x */
export function prelu(input: Value, alpha: Value): Value {
  const x = floating(input);
  return where(binary("Less", x, scalar(0), "bool"), mul(floating(alpha), x), x);
}

/** dy, times y + 1 where the output y of the ELU is negative. */
const eluGrad: Lowering = ({ inputs: { dy, y } }) => {
  const isNegative = binary("Less", y!, scalar(0), "bool");
  return where(isNegative, mul(dy!, add(y!, scalar(1))), dy!);
};

export const elementwise: LoweringTable = {
  ...Object.fromEntries(Object.entries(functions).map(([k, op]) => [k, function_(op)])),
  ...Object.fromEntries(Object.entries(realFunctions).map(([k, op]) => [k, realFunction(op)])),
  ...Object.fromEntries(Object.entries(roundings).map(([k, op]) => [k, rounding(op)])),
  Square: ({ inputs: { x } }) => mul(x!, x!),
  Rsqrt: ({ inputs: { x } }) => unary("Reciprocal", unary("Sqrt", floating(x!))),
  Expm1: ({ inputs: { x } }) => expm1(floating(x!)),
  Sigmoid: ({ inputs: { x } }) => sigmoid(floating(x!)),
  Elu: ({ inputs: { x } }) => elu(floating(x!)),
  Selu: ({ inputs: { x } }) => selu(floating(x!)),
  Log1p: log1p,
  Sign: sign,
  Step: step,
  Cast: ({ inputs: { x }, attributes: { dtype } }: Call) => cast(x!, dtype as DType),
  ClipByValue: ({ inputs: { x }, attributes }) =>
    clip(x!, Number(attributes["clipValueMin"]), Number(attributes["clipValueMax"])),
  Relu6: ({ inputs: { x } }) => relu6(x!),
  LeakyRelu: ({ inputs: { x }, attributes: { alpha } }) => leakyRelu(x!, alpha),
  Prelu: ({ inputs: { x, alpha } }) => prelu(x!, alpha!),
  EluGrad: eluGrad,
  Softmax: ({ inputs: { logits }, attributes: { dim } }) =>
    unary("Softmax", floating(logits!), { axis: { int: Number(dim) } }),
};
