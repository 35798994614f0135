import { emit, mul, reshape } from "./build.ts";
import { type Attribute, sameShape, type Value } from "./value.ts";

/** alpha · aᵀ·b + beta · C, with rows a [1, I] and b [1, O] and a matrix C [I, O] or none. */
export interface Outer {
  a: Value;
  b: Value;
  alpha: number;
  C: Value | null;
  beta: number;
}

/** The gradient of a dense layer's weights for a batch of one, and what a Gemm makes of it. */
export function outerOf(value: Value): Outer | null {
  const { operator, inputs, attributes } = value.node ?? {};
  if (operator !== "Gemm") return null;
  const [a, b, C = null] = inputs as [Value, Value, Value?];
  const flag = (name: string) => int(attributes![name]) === 1;
  if (a.shape[0] !== 1 || !flag("transA") || flag("transB")) return null;
  return { a, b, alpha: float(attributes!["alpha"]), C, beta: float(attributes!["beta"]) };
}

/** A product of two rows alone. */
function bareOuterOf(value: Value): Outer | null {
  const outer = outerOf(value);
  return outer && !outer.C && outer.alpha === 1 ? outer : null;
}

const int = (attribute: Attribute | undefined) =>
  attribute && "int" in attribute ? attribute.int : 0;
const float = (attribute: Attribute | undefined) =>
  attribute && "float" in attribute ? attribute.float : 1;

const isScalar = (value: Value) => value.size === 1;

/** aᵀ·b + beta·C, or without C the product alone, in the place of `value`. */
function becomeOuter(
  value: Value,
  { a, b }: Pick<Outer, "a" | "b">,
  C: Value | null = null,
  beta = 1,
): void {
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
        const outer = bareOuterOf(product);
        if (!outer || !sameShape(product.shape, value.shape)) continue;
        if (factor === product) {
          becomeOuter(value, { a: mul(outer.a, outer.a), b: mul(outer.b, outer.b) });
        } else if (isScalar(factor)) {
          becomeOuter(value, { a: outer.a, b: mul(outer.b, reshape(factor, [])) });
        } else continue;
        break;
      }
    } else if ((operator === "ReduceSumSquare" || operator === "ReduceSum") && isScalar(value)) {
      const outer = bareOuterOf(x!);
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
        const outer = bareOuterOf(product);
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
