import { emit, mul } from "./build.ts";
import { reshape } from "./build.ts";
import { type Attribute, sameShape, type Value } from "./value.ts";

/** The product aᵀ·b of two rows, a [1, I] and b [1, O]. */
export interface Outer {
  a: Value;
  b: Value;
}

/** The gradient of a dense layer's weights for a batch of one: every row is a multiple of b. */
export function outerOf(value: Value): Outer | null {
  const { operator, inputs, attributes } = value.node ?? {};
  if (operator !== "Gemm" || inputs!.length !== 2 || attributes!["alpha"]) return null;
  const isTransposed = (name: string) => "transA" in attributes! && int(attributes![name]) === 1;
  if (!isTransposed("transA") || isTransposed("transB")) return null;
  const [a, b] = inputs as [Value, Value];
  return a.shape[0] === 1 ? { a, b } : null;
}

const int = (attribute: Attribute | undefined) =>
  attribute && "int" in attribute ? attribute.int : 0;

const isScalar = (value: Value) => value.size === 1;

/** aᵀ·b + beta·C, or without C the product alone, in the place of `value`. */
function becomeOuter(value: Value, { a, b }: Outer, C: Value | null = null, beta = 1): void {
  value.node = {
    operator: "Gemm",
    domain: "",
    inputs: C ? [a, b, C] : [a, b],
    attributes: { transA: { int: 1 }, transB: { int: 0 }, ...(C && { beta: { float: beta } }) },
  };
}

/** A reduction over all elements, to a scalar. */
const total = (operator: string, value: Value): Value =>
  emit(operator, [value], [], value.dtype, { keepdims: { int: 0 } });

/**
 * Keeps outer products factored: scaling, squaring and the norm touch a row and a column only, and
 * adding to a matrix is one Gemm. What remains of an optimizer's passes over a dense layer is what
 * its state needs.
 */
export function factorOuterProducts(sorted: readonly Value[], uses: Map<Value, number>): void {
  for (const value of sorted) {
    const { operator, inputs = [] } = value.node!;
    const [x, y] = inputs;
    if (operator === "Mul") {
      for (const [product, factor] of [
        [x!, y!],
        [y!, x!],
      ] as const) {
        const outer = outerOf(product);
        if (!outer || !sameShape(product.shape, value.shape)) continue;
        if (factor === product) {
          becomeOuter(value, { a: mul(outer.a, outer.a), b: mul(outer.b, outer.b) });
        } else if (isScalar(factor)) {
          becomeOuter(value, { a: outer.a, b: mul(outer.b, reshape(factor, [])) });
        } else continue;
        break;
      }
    } else if ((operator === "ReduceSumSquare" || operator === "ReduceSum") && isScalar(value)) {
      const outer = outerOf(x!);
      if (!outer) continue;
      const sum = mul(total(operator, outer.a), total(operator, outer.b));
      value.node = value.shape.length === 0 ? sum.node : reshape(sum, value.shape).node;
    } else if (operator === "Add" || operator === "Sub") {
      const sides =
        operator === "Add"
          ? ([
              [x!, y!],
              [y!, x!],
            ] as const)
          : ([[x!, y!]] as const);
      for (const [other, product] of sides) {
        const outer = outerOf(product);
        if (!outer || !sameShape(other.shape, value.shape) || other.data) continue;
        const scaled =
          operator === "Sub"
            ? { a: outer.a, b: emit("Neg", [outer.b], outer.b.shape, outer.b.dtype) }
            : outer;
        const decay =
          other.node?.operator === "Mul" && uses.get(other) === 1
            ? other.node.inputs.find((input) => input.data && input.size === 1)
            : undefined;
        const rest = decay && other.node!.inputs.find((input) => input !== decay);
        if (decay && rest && sameShape(rest.shape, value.shape))
          becomeOuter(value, scaled, rest, decay.uniform!);
        else becomeOuter(value, scaled, other);
        break;
      }
    }
  }
}
