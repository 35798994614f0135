import { binary, cast, emit, numeric, reshape, scalar, sub, unary, where } from "../build.ts";
import type { Lowering, LoweringTable } from "../kernel.ts";
import type { Value } from "../value.ts";

const orders = {
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  Less: "Less",
  LessEqual: "LessOrEqual",
};

const logic = { LogicalAnd: "And", LogicalOr: "Or" };

const order =
  (operator: string): Lowering =>
  ({ inputs: { a, b } }) =>
    binary(operator, numeric(a!), numeric(b!), "bool");

const connective =
  (operator: string): Lowering =>
  ({ inputs: { a, b } }) =>
    binary(operator, cast(a!, "bool"), cast(b!, "bool"), "bool");

const not = (x: Value): Value => unary("Not", cast(x, "bool"));

/** A property of real numbers; whole ones are finite. */
const isFloat =
  (operator: string): Lowering =>
  ({ inputs: { x } }) =>
    emit(operator, [cast(x!, "float32")], x!.shape, "bool");

/** x − x is 0 for finite numbers alone. */
const isFinite: Lowering = ({ inputs: { x } }) => {
  const value = cast(x!, "float32");
  return binary("Equal", sub(value, value), scalar(0), "bool");
};

/** TF.js aligns a condition of lower rank with the first axes, ONNX with the last. */
const select: Lowering = ({ inputs: { condition, t, e } }) => {
  const missing = t!.shape.length - condition!.shape.length;
  const aligned =
    missing > 0 && condition!.shape.length > 0
      ? reshape(condition!, [...condition!.shape, ...new Array<number>(missing).fill(1)])
      : condition!;
  return cast(where(aligned, numeric(t!), numeric(e!)), t!.dtype);
};

export const comparison: LoweringTable = {
  ...Object.fromEntries(Object.entries(orders).map(([k, op]) => [k, order(op)])),
  ...Object.fromEntries(Object.entries(logic).map(([k, op]) => [k, connective(op)])),
  Equal: ({ inputs: { a, b } }) => binary("Equal", a!, b!, "bool"),
  NotEqual: ({ inputs: { a, b } }) => not(binary("Equal", a!, b!, "bool")),
  LogicalNot: ({ inputs: { x } }) => not(x!),
  IsNan: isFloat("IsNaN"),
  IsInf: isFloat("IsInf"),
  IsFinite: isFinite,
  Select: select,
};
