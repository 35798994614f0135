import { Value } from "../value.ts";

type Matrix = number[][];

/** Interpolation points; the eighth is ∞. Small and symmetric, so that rounding stays small. */
const points = [0, 1, -1, 2, -2, 0.5, -0.5];

/** Coefficients, from the constant term on, of ∏ (x − root). */
function polynomial(roots: number[]): number[] {
  let coefficients = [1];
  for (const root of roots) {
    const shifted = [0, ...coefficients];
    coefficients = shifted.map((c, i) => c - root * (coefficients[i] ?? 0));
  }
  return coefficients;
}

const absoluteSum = (row: number[]) => row.reduce((sum, x) => sum + Math.abs(x), 0);
const transposed = (A: Matrix): Matrix => A[0]!.map((_, j) => A.map((row) => row[j]!));
const toValue = (A: Matrix) =>
  new Value([A.length, A[0]!.length], "float32", { data: Float32Array.from(A.flat()) });

export interface Transforms {
  /** Bᵀ [8, 8] and B. */
  inputT: Value;
  input: Value;
  /** B and a row of zeros below it: [9, 8]. */
  inputAndZero: Value;
  /** G [8, k] and Gᵀ. */
  filter: Value;
  filterT: Value;
  /** Aᵀ [m, 8] and A. */
  outputT: Value;
  output: Value;
}

const known = new Map<number, Transforms>();

/**
 * Winograd's minimal filtering F(m × m, k × k) on 8 × 8 tiles, m = 9 − k, by Toom–Cook
 * interpolation: Y = Aᵀ[(G W Gᵀ) ⊙ (Bᵀ X B)]A. Rows of Bᵀ and G are balanced by powers of two,
 * which are exact. Source: @lavin2016fast, section 4; @barabasz2020error for points and scaling.
 */
export function transforms(k: number): Transforms {
  const found = known.get(k);
  if (found) return found;
  const m = 9 - k;
  const range = (length: number) => Array.from({ length }, (_, i) => i);
  const others = (i: number) => points.filter((_, j) => j !== i);
  const AT = range(m).map((i) => [...points.map((x) => x ** i), i === m - 1 ? 1 : 0]);
  const G = [
    ...points.map((x, i) => {
      const scale = others(i).reduce((product, y) => product * (x - y), 1);
      return range(k).map((j) => x ** j / scale);
    }),
    range(k).map((j) => (j === k - 1 ? 1 : 0)),
  ];
  const BT = [...points.map((_, i) => [...polynomial(others(i)), 0]), polynomial(points)];
  for (const i of range(8)) {
    const ratio = Math.sqrt(absoluteSum(BT[i]!) / absoluteSum(G[i]!));
    const power = 2 ** Math.round(Math.log2(ratio));
    BT[i] = BT[i]!.map((x) => x / power);
    G[i] = G[i]!.map((x) => x * power);
  }
  const result = {
    inputT: toValue(BT),
    input: toValue(transposed(BT)),
    inputAndZero: toValue([...transposed(BT), range(8).map(() => 0)]),
    filter: toValue(G),
    filterT: toValue(transposed(G)),
    outputT: toValue(AT),
    output: toValue(transposed(AT)),
  };
  known.set(k, result);
  return result;
}
