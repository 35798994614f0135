/** Any row of numbers; read by index only. */
export type Row = ArrayLike<number>;

export function meanOf(row: Row): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]!;
  return sum / row.length;
}

/** Sum of (a − ā)(b − b̄), in double precision. @throws RangeError if the lengths differ. */
export function centredProduct(a: Row, b: Row): number {
  if (a.length !== b.length) throw new RangeError(`rows of ${a.length} and ${b.length} values`);
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum;
}
