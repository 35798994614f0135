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
 * rate and its sign become a single multiplication. Equal up to rounding.
 * @param isPositive tells whether a scalar is known to be greater than zero.
 */
export function collectScalars(
  sorted: readonly Value[],
  uses: Map<Value, number>,
  isPositive: (s: Value) => boolean,
): void {
  const rewrite: Record<string, (value: Value) => void> = {
    Div: (value) => hoistFromQuotient(value, uses, isPositive),
    Sqrt: (value) => hoistFromRoot(value, uses, isPositive),
  };
  for (const value of sorted) {
    if (value.size < worthwhile || value.dtype !== "float32") continue;
    rewrite[value.node!.operator]?.(value);
    // What the rewrites leave is a product, which may stand in another.
    if (value.node!.operator === "Mul") mergeFactors(value, uses);
  }
}

/** X/s = X·(1/s), and (X·s)/(Y·t) = (X/Y)·(s/t). */
function hoistFromQuotient(
  value: Value,
  uses: Map<Value, number>,
  isPositive: (s: Value) => boolean,
): void {
  const [x, y] = value.node!.inputs as [Value, Value];
  if (isScalar(y)) {
    value.node = node("Mul", [x, reciprocal(y)]);
    return;
  }
  if (!sameShape(x.shape, value.shape) || !sameShape(y.shape, value.shape)) return;
  const above = scaledBy(x, uses);
  const below = scaledBy(y, uses) ?? shiftedScale(y, uses, isPositive);
  if (!above && !below) return;
  const quotient = like("Div", [above?.X ?? x, below?.X ?? y], value.shape);
  uses.set(quotient, 1);
  value.node = node("Mul", [quotient, div(above?.s ?? scalar(1), below?.s ?? scalar(1))]);
}

/** √(X·s) = √X·√s, with s > 0. */
function hoistFromRoot(
  value: Value,
  uses: Map<Value, number>,
  isPositive: (s: Value) => boolean,
): void {
  const scaled = scaledBy(value.node!.inputs[0]!, uses);
  if (!scaled || !isPositive(scaled.s)) return;
  const root = like("Sqrt", [scaled.X], value.shape);
  uses.set(root, 1);
  value.node = node("Mul", [root, like("Sqrt", [scaled.s], [])]);
}

/** (X·s)·t = X·(s·t) */
function mergeFactors(value: Value, uses: Map<Value, number>): void {
  const { inputs } = value.node!;
  const t = inputs.find(isScalar);
  const rest = inputs.find((input) => input !== t);
  const inner = t && rest ? scaledBy(rest, uses) : null;
  if (inner && sameShape(inner.X.shape, value.shape)) {
    value.node = node("Mul", [inner.X, mul(inner.s, t!)]);
  }
}

/** X·s + e, seen as (X + e/s)·s, with s > 0. */
function shiftedScale(value: Value, uses: Map<Value, number>, isPositive: (s: Value) => boolean) {
  if (value.node?.operator !== "Add" || uses.get(value) !== 1) return null;
  const [x, y] = value.node.inputs as [Value, Value];
  const e = [x, y].find(isScalar);
  const rest = e === x ? y : x;
  const scaled = e ? scaledBy(rest, uses) : null;
  if (!scaled || !isPositive(scaled.s)) return null;
  return { X: like("Add", [scaled.X, div(e!, scaled.s)], value.shape), s: scaled.s };
}

/** A prover of s > 0 that knows what a step does to its scalar states. */
export function positivity(states: readonly State[]): (s: Value) => boolean {
  /** β, β², β³, …: a state between 0 and 1 that is multiplied by such a number stays there. */
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
  const isPositive = (s: Value): boolean => {
    if (s.data) return s.uniform !== null && s.uniform > 0;
    if (fractions.has(s)) return true;
    const { operator, inputs = [] } = s.node ?? {};
    switch (operator) {
      case "Sub":
        return inputs[0]!.uniform === 1 && fractions.has(inputs[1]!);
      case "Mul":
      case "Div":
      case "Add":
        return inputs.every(isPositive);
      case "Sqrt":
      case "Reciprocal":
      case "Reshape":
        return isPositive(inputs[0]!);
      default:
        return false;
    }
  };
  return isPositive;
}
