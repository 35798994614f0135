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
  const factor: Record<string, (value: Value, uses: Map<Value, number>) => void> = {
    Mul: factorProduct,
    Add: factorAddition,
    Sub: factorAddition,
    ReduceSum: factorTotal,
    ReduceSumSquare: factorTotal,
  };
  for (const value of sorted) factor[value.node!.operator]?.(value, uses);
}

/** Both orders of a commutative operator's inputs. */
const bothOrders = ([x, y]: Value[]) =>
  [
    [x!, y!],
    [y!, x!],
  ] as const;

/** (aᵀ·b) · s = aᵀ·(b · s), and (aᵀ·b)² = (a²)ᵀ·b². */
function factorProduct(value: Value): void {
  for (const [product, other] of bothOrders(value.node!.inputs)) {
    const outer = bareOuterOf(product);
    if (!outer || !sameShape(product.shape, value.shape)) continue;
    const { a, b } = outer;
    if (other === product) return becomeOuter(value, { a: mul(a, a), b: mul(b, b) });
    if (isScalar(other)) return becomeOuter(value, { a, b: mul(b, reshape(other, [])) });
  }
}

/** C ± aᵀ·b, and beta·C ± aᵀ·b where nothing else reads beta·C. */
function factorAddition(value: Value, uses: Map<Value, number>): void {
  const { operator, inputs } = value.node!;
  const isSub = operator === "Sub";
  for (const [C, product] of isSub ? [inputs as [Value, Value]] : bothOrders(inputs)) {
    const outer = bareOuterOf(product);
    if (!outer || !sameShape(C.shape, value.shape) || C.data) continue;
    const { a, b } = outer;
    const rows = { a, b: isSub ? emit("Neg", [b], b.shape, b.dtype) : b };
    const factors = C.node?.operator === "Mul" && uses.get(C) === 1 ? C.node.inputs : [];
    const beta = factors.find((input) => input.data && isScalar(input));
    const rest = factors.find((input) => input !== beta);
    return beta && rest && sameShape(rest.shape, value.shape)
      ? becomeOuter(value, rows, rest, beta.uniform!)
      : becomeOuter(value, rows, C);
  }
}

/** Σ aᵀ·b = Σa · Σb, and the same of squares. */
function factorTotal(value: Value): void {
  const { operator, inputs } = value.node!;
  const outer = isScalar(value) ? bareOuterOf(inputs[0]!) : null;
  if (!outer) return;
  const sum = mul(total(operator, outer.a), total(operator, outer.b));
  value.node = reshape(sum, value.shape).node;
}
