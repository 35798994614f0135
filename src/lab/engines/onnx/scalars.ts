import { div, emit, mul, scalar } from "./build.ts";
import type { State } from "./trace.ts";
import { sameShape, type Value } from "./value.ts";

/** Below this many elements a pass costs less than the node that runs it. */
const worthwhile = 4096;

const isScalar = (value: Value) => value.size === 1 && value.shape.length === 0;

/** A scalar factor of a matrix: X·s. */
function scaledBy(value: Value, uses: Map<Value, number>): { X: Value; s: Value } | null {
  if (value.node?.operator !== "Mul" || uses.get(value) !== 1) return null;
  const [x, y] = value.node.inputs as [Value, Value];
  if (isScalar(y) && sameShape(x.shape, value.shape)) return { X: x, s: y };
  if (isScalar(x) && sameShape(y.shape, value.shape)) return { X: y, s: x };
  return null;
}

const node = (operator: string, inputs: Value[]) => ({
  operator,
  domain: "",
  inputs,
  attributes: {},
});
const reciprocal = (s: Value) => div(scalar(1), s);
const like = (operator: string, inputs: Value[], shape: readonly number[]) =>
  emit(operator, inputs, shape, "float32");

/**
 * Collects scalar factors of a chain of element-wise operators into one: Adam's two corrections, its
 * rate and its sign become a single multiplication. Equal up to rounding, because factors that might
 * underflow, overflow or vanish stay where they are.
 */
export function collectScalars(
  sorted: readonly Value[],
  uses: Map<Value, number>,
  rangeOf: RangeOf,
): void {
  const rewrite: Record<string, (value: Value) => void> = {
    Div: (value) => hoistFromQuotient(value, uses, rangeOf),
    Sqrt: (value) => hoistFromRoot(value, uses, rangeOf),
  };
  for (const value of sorted) {
    if (value.size < worthwhile || value.dtype !== "float32") continue;
    rewrite[value.node!.operator]?.(value);
    // What the rewrites leave is a product, which may stand in another.
    if (value.node!.operator === "Mul") mergeFactors(value, uses, rangeOf);
  }
}

/** X/s = X·(1/s), and (X·s)/(Y·t) = (X/Y)·(s/t). */
function hoistFromQuotient(value: Value, uses: Map<Value, number>, rangeOf: RangeOf): void {
  const [x, y] = value.node!.inputs as [Value, Value];
  if (isScalar(y)) {
    if (isWithin(rangeOf(y), 126)) value.node = node("Mul", [x, reciprocal(y)]);
    return;
  }
  if (!sameShape(x.shape, value.shape) || !sameShape(y.shape, value.shape)) return;
  const tame = (scaled: ReturnType<typeof scaledBy>) =>
    scaled && isTame(rangeOf(scaled.s)) ? scaled : null;
  const above = tame(scaledBy(x, uses));
  const below = tame(scaledBy(y, uses) ?? shiftedScale(y, uses, rangeOf));
  if (!above && !below) return;
  const quotient = like("Div", [above?.X ?? x, below?.X ?? y], value.shape);
  uses.set(quotient, 1);
  value.node = node("Mul", [quotient, div(above?.s ?? scalar(1), below?.s ?? scalar(1))]);
}

/** √(X·s) = √X·√s, with s > 0. */
function hoistFromRoot(value: Value, uses: Map<Value, number>, rangeOf: RangeOf): void {
  const scaled = scaledBy(value.node!.inputs[0]!, uses);
  const range = scaled && rangeOf(scaled.s);
  if (!range || range.sign !== 1 || !isTame(range)) return;
  const root = like("Sqrt", [scaled.X], value.shape);
  uses.set(root, 1);
  value.node = node("Mul", [root, like("Sqrt", [scaled.s], [])]);
}

/** (X·s)·t = X·(s·t) */
function mergeFactors(value: Value, uses: Map<Value, number>, rangeOf: RangeOf): void {
  const { inputs } = value.node!;
  const t = inputs.find(isScalar);
  const rest = inputs.find((input) => input !== t);
  const inner = t && rest ? scaledBy(rest, uses) : null;
  if (!inner || !sameShape(inner.X.shape, value.shape)) return;
  if ([inner.s, t!].every((s) => isWithin(rangeOf(s), 62))) {
    value.node = node("Mul", [inner.X, mul(inner.s, t!)]);
  }
}

/** X·s + e, seen as (X + e/s)·s. */
function shiftedScale(value: Value, uses: Map<Value, number>, rangeOf: RangeOf) {
  if (value.node?.operator !== "Add" || uses.get(value) !== 1) return null;
  const [x, y] = value.node.inputs as [Value, Value];
  const e = [x, y].find(isScalar);
  const rest = e === x ? y : x;
  const scaled = e ? scaledBy(rest, uses) : null;
  if (!scaled || !isTame(rangeOf(scaled.s)) || !isWithin(rangeOf(e!), 62)) return null;
  return { X: like("Add", [scaled.X, div(e!, scaled.s)], value.shape), s: scaled.s };
}

/** What is known of a scalar in every step. */
interface Range {
  /** Bounds of its magnitude, unless it is 0, infinite or NaN. */
  low: number;
  high: number;
  /** 1 if it is never less than zero, −1 if it is never greater. */
  sign: -1 | 0 | 1;
  /** It is never 0, infinite or NaN. */
  isCertain: boolean;
}

type RangeOf = (s: Value) => Range;

/** Of float32, denormal numbers included. */
const anything: Range = { low: 2 ** -149, high: 2 ** 128, sign: 0, isCertain: false };

const isWithin = ({ low, high }: Range, exponent: number) =>
  low >= 2 ** -exponent && high <= 2 ** exponent;

/** Moves past elements of any ordinary size without loss: Adam's corrections lie in [1, 2²⁴]. */
const isTame = (range: Range) => range.isCertain && isWithin(range, 25);

/** What is left of a range after rounding to float32. */
function rounded(low: number, high: number, sign: Range["sign"], isCertain: boolean): Range {
  const isNormal = isWithin({ low, high, sign, isCertain }, 126);
  return {
    low: Math.max(low, anything.low),
    high: Math.min(high, anything.high),
    sign,
    isCertain: isCertain && isNormal,
  };
}

function product(a: Range, b: Range): Range {
  const sign = (a.sign * b.sign) as Range["sign"];
  return rounded(a.low * b.low, a.high * b.high, sign, a.isCertain && b.isCertain);
}

/** Of numbers of one sign; of others, differences may cancel. */
function sum(a: Range, b: Range): Range {
  if (a.sign === 0 || a.sign !== b.sign) return anything;
  const lows = [a, b].filter(({ isCertain }) => isCertain).map(({ low }) => low);
  const low = lows.length > 0 ? Math.max(...lows) : Math.min(a.low, b.low);
  return rounded(low, a.high + b.high, a.sign, a.isCertain && b.isCertain);
}

const inverse = ({ low, high, sign, isCertain }: Range): Range =>
  rounded(1 / high, 1 / low, sign, isCertain);

const root = ({ low, high, sign, isCertain }: Range): Range =>
  rounded(Math.sqrt(low), Math.sqrt(high), 1, isCertain && sign === 1);

function rangeOfConstant(x: number): Range {
  const isCertain = x !== 0 && Number.isFinite(x);
  const magnitude = isCertain ? Math.abs(x) : 1;
  return { low: magnitude, high: magnitude, sign: Math.sign(x || 0) as Range["sign"], isCertain };
}

/** Bounds scalars by what a step does to its scalar states. */
export function ranges(states: readonly State[]): RangeOf {
  /** β, β², β³, …: a state between 0 and 1 that is multiplied by such a number stays below 1. */
  const fractions = new Set(
    states
      .filter(({ before, after, initial }) => {
        if (before.size !== 1 || after.node?.operator !== "Mul") return false;
        const others = after.node.inputs.filter((input) => input !== before);
        const isFraction = (x: number) => x > 0 && x < 1;
        return (
          isFraction(Number(initial![0])) &&
          others.length === 1 &&
          isFraction(others[0]!.uniform ?? NaN)
        );
      })
      .flatMap(({ before, after }) => [before, after]),
  );
  const known = new Map<Value, Range>();
  const find = (s: Value): Range => {
    if (s.data) return rangeOfConstant(s.uniform!);
    if (fractions.has(s)) return { ...anything, high: 1, sign: 1 };
    const { operator, inputs = [] } = s.node ?? {};
    const [a, b] = inputs as [Value, Value];
    switch (operator) {
      case "Sub":
        // The largest number of float32 below 1 is 1 − 2⁻²⁴.
        return a.uniform === 1 && fractions.has(b)
          ? { low: 2 ** -24, high: 1, sign: 1, isCertain: true }
          : anything;
      case "Mul":
        return product(rangeOf(a), rangeOf(b));
      case "Div":
        return product(rangeOf(a), inverse(rangeOf(b)));
      case "Add":
        return sum(rangeOf(a), rangeOf(b));
      case "Sqrt":
        return root(rangeOf(a));
      case "Reciprocal":
        return inverse(rangeOf(a));
      case "Reshape":
        return rangeOf(a);
      default:
        return anything;
    }
  };
  const rangeOf = (s: Value): Range => {
    if (s.size !== 1 || s.dtype !== "float32") return anything;
    const range = known.get(s) ?? find(s);
    known.set(s, range);
    return range;
  };
  return rangeOf;
}
