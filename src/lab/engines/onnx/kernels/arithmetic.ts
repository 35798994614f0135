import {
  add,
  binary,
  cast,
  emit,
  floating,
  mul,
  numeric,
  scalar,
  sub,
  unary,
  where,
} from "../build.ts";
import type { Lowering, LoweringTable } from "../kernel.ts";
import type { Value } from "../value.ts";

const operators = {
  Add: "Add",
  Sub: "Sub",
  Multiply: "Mul",
  RealDiv: "Div",
  Maximum: "Max",
  Minimum: "Min",
  Pow: "Pow",
  BitwiseAnd: "BitwiseAnd",
};

/** Booleans are numbers for the time of the operation. */
const operation =
  (operator: string): Lowering =>
  ({ inputs: { a, b } }) => {
    const x = numeric(a!);
    return cast(binary(operator, x, numeric(b!), x.dtype), a!.dtype);
  };

const isNegative = (value: Value): Value => binary("Less", value, scalar(0, value.dtype), "bool");

const differs = (a: Value, b: Value): Value => binary("Xor", a, b, "bool");

const not = (value: Value): Value => emit("Not", [value], value.shape, "bool");

/**
 * Divisions by zero trap on integers, as does that of the least one by −1. By 1, 0 and −1 the
 * quotient is the product instead, with zero as that by zero.
 */
function wholeQuotient(a: Value, b: Value): Value {
  const isSmall = binary(
    "And",
    binary("Less", b, scalar(2, "int32"), "bool"),
    binary("Greater", b, scalar(-2, "int32"), "bool"),
    "bool",
  );
  const divisor = where(isSmall, scalar(2, "int32"), b);
  const truncated = binary("Div", a, divisor, "int32");
  const rest = sub(a, mul(truncated, divisor));
  const isInexact = not(binary("Equal", rest, scalar(0, "int32"), "bool"));
  const below = binary("And", isInexact, differs(isNegative(rest), isNegative(divisor)), "bool");
  const floored = sub(truncated, cast(below, "int32"));
  return where(isSmall, mul(a, b), floored);
}

/** The largest whole number below the quotient, as int32. */
const floorDiv: Lowering = ({ inputs: { a, b } }) => {
  const [x, y] = [numeric(a!), numeric(b!)];
  if (x.dtype === "int32" && y.dtype === "int32") return wholeQuotient(x, y);
  return cast(unary("Floor", binary("Div", floating(x), floating(y), "float32")), "int32");
};

/** The remainder with the sign of the divisor. */
const mod: Lowering = ({ inputs: { a, b } }) => {
  const [x, y] = [numeric(a!), numeric(b!)];
  if (x.dtype === "int32") return sub(x, mul(wholeQuotient(x, y), y));
  const shape = add(x, y).shape;
  const rest = emit("Mod", [x, y], shape, "float32", { fmod: { int: 1 } });
  const isOutside = binary("Less", mul(rest, y), scalar(0), "bool");
  return where(isOutside, add(rest, y), rest);
};

/** Angle of the point (x, y) = (b, a), in (−π, π]. */
const atan2: Lowering = ({ inputs: { a, b } }) => {
  const [y, x] = [floating(a!), floating(b!)];
  const angle = unary("Atan", binary("Div", y, x, "float32"));
  const turn = where(isNegative(y), scalar(-Math.PI), scalar(Math.PI));
  const turned = where(isNegative(x), add(angle, turn), angle);
  const onAxis = mul(unary("Sign", y), scalar(Math.PI / 2));
  return where(binary("Equal", x, scalar(0), "bool"), onAxis, turned);
};

const addN: Lowering = ({ list }) => {
  const [first, ...rest] = list as [Value, ...Value[]];
  if (first.dtype === "float32") return emit("Sum", list, first.shape, first.dtype);
  return rest.reduce(add, first);
};

export const arithmetic: LoweringTable = {
  ...Object.fromEntries(Object.entries(operators).map(([k, op]) => [k, operation(op)])),
  SquaredDifference: ({ inputs: { a, b } }) => {
    const difference = sub(a!, b!);
    return mul(difference, difference);
  },
  FloorDiv: floorDiv,
  Mod: mod,
  Atan2: atan2,
  AddN: addN,
};
