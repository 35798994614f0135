import { int64s } from "./build.ts";
import { countUses, sortedValues } from "./order.ts";
import { factorOuterProducts } from "./outer.ts";
import { collectScalars, ranges } from "./scalars.ts";
import type { Trace } from "./trace.ts";
import { type Node, sameShape, Value } from "./value.ts";

/** Rewrites a traced step into fewer passes over memory; results stay equal up to rounding. */
export function simplify(traced: Trace): Trace {
  const outputs = [...traced.outputs, ...traced.states.map((state) => state.after)];
  const rangeOf = ranges(traced.states);
  // What a round exposes (bias gradients, decayed moments, their scalars) folds in the next.
  for (let round = 0; round < 3; round++) {
    const sorted = sortedValues(outputs);
    const uses = countUses(sorted, outputs);
    collectScalars(sorted, uses, rangeOf);
    factorOuterProducts(sorted, uses);
    for (const value of sorted) {
      foldScaledProduct(value, uses);
      sumOfSquares(value, uses);
    }
  }
  return traced;
}

/** A product of two matrices that nothing else reads, seen through one reshape. */
function soleProduct(value: Value, uses: Map<Value, number>): Value | null {
  if (uses.get(value) !== 1) return null;
  const source = value.node?.operator === "Reshape" ? value.node.inputs[0]! : value;
  if (uses.get(source) !== 1 || source.shape.length !== 2) return null;
  const { operator, inputs } = source.node ?? {};
  const isProduct = operator === "Gemm" || operator === "MatMul";
  return isProduct && inputs!.length === 2 ? source : null;
}

const viewAs = (value: Value, shape: number[]): Value =>
  sameShape(value.shape, shape)
    ? value
    : new Value(shape, value.dtype, {
        node: { operator: "Reshape", domain: "", inputs: [value, int64s(shape)], attributes: {} },
      });

/** Puts a product in the place of `value`, which keeps its shape. */
function become(value: Value, node: Node, shape: number[]): void {
  if (sameShape(value.shape, shape)) {
    value.node = node;
    return;
  }
  const flat = new Value(shape, value.dtype, { node });
  const inputs = [flat, int64s(value.shape)];
  value.node = { operator: "Reshape", domain: "", inputs, attributes: {} };
}

/** s·(A·B) + C and A·B + s·C become one Gemm: SGD's update and momentum's accumulator. */
function foldScaledProduct(value: Value, uses: Map<Value, number>): void {
  // ONNX Runtime's Gemm knows no whole numbers.
  if (value.node?.operator !== "Add" || value.dtype !== "float32") return;
  const [a, b] = value.node.inputs as [Value, Value];
  for (const [scaled, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const isElementwise = [scaled, other].every((v) => sameShape(v.shape, value.shape));
    if (!isElementwise || scaled.node?.operator !== "Mul" || uses.get(scaled) !== 1) continue;
    const factor = scaled.node.inputs.find((input) => input.data && input.size === 1);
    const rest = scaled.node.inputs.find((input) => input !== factor);
    if (!factor || !rest || !sameShape(rest.shape, scaled.shape)) continue;
    const fold = (product: Value, C: Value, alpha: number, beta: number) => {
      const { inputs, attributes } = product.node!;
      const node = {
        operator: "Gemm",
        domain: "",
        inputs: [...inputs, viewAs(C, product.shape)],
        attributes: { ...attributes, alpha: { float: alpha }, beta: { float: beta } },
      };
      become(value, node, product.shape);
    };
    const scaledProduct = soleProduct(rest, uses);
    if (scaledProduct) return fold(scaledProduct, other, factor.uniform!, 1);
    const otherProduct = soleProduct(other, uses);
    if (otherProduct) return fold(otherProduct, rest, 1, factor.uniform!);
  }
}

/** Σ x·x reads x once and writes no squares. */
function sumOfSquares(value: Value, uses: Map<Value, number>): void {
  if (value.node?.operator !== "ReduceSum") return;
  const [squares, ...axes] = value.node.inputs as [Value, ...Value[]];
  if (squares.node?.operator !== "Mul" || uses.get(squares) !== 1) return;
  const [a, b] = squares.node.inputs;
  if (a !== b) return;
  value.node = { ...value.node, operator: "ReduceSumSquare", inputs: [a!, ...axes] };
}
