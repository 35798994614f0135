import { centredProduct, meanOf, type Row } from "./centred.ts";

/** A spread below this share of the largest value is float32 rounding, not signal. */
const rounding = 2 ** -20;

/** Whether all values are equal but for rounding in single precision. */
export function isConstant(row: Row): boolean {
  const middle = meanOf(row);
  let [largest, spread] = [0, 0];
  for (let i = 0; i < row.length; i++) {
    largest = Math.max(largest, Math.abs(row[i]!));
    spread = Math.max(spread, Math.abs(row[i]! - middle));
  }
  return spread <= rounding * largest;
}

/**
 * Pearson correlation of two rows of equal length.
 * @returns a value in [-1, 1]; null where either row is constant or not finite.
 * @throws RangeError if the lengths differ.
 */
export function measureCorrelation(a: Row, b: Row): number | null {
  const product = centredProduct(a, b);
  if (isConstant(a) || isConstant(b)) return null;
  const r = product / Math.sqrt(centredProduct(a, a)) / Math.sqrt(centredProduct(b, b));
  return Number.isFinite(r) ? Math.min(1, Math.max(-1, r)) : null;
}
