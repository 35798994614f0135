import type { RowView } from "./results.ts";

/** The centre and spread of numbers over runs that repeat one another. */
export interface Band {
  mean: number;
  /** Least and greatest below six numbers, else one standard deviation (n − 1) either way. */
  low: number;
  high: number;
  /** Numbers that count; others are not defined or not of a finished run. */
  n: number;
}

/** @returns null where there are no numbers. */
export function summarise(numbers: readonly number[]): Band | null {
  const n = numbers.length;
  if (n === 0) return null;
  const mean = numbers.reduce((sum, value) => sum + value, 0) / n;
  if (n < 6) return { mean, low: Math.min(...numbers), high: Math.max(...numbers), n };
  const deviation = Math.sqrt(numbers.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  return { mean, low: mean - deviation, high: mean + deviation, n };
}

/** Rows that differ along some axes only. */
export interface Group<R> {
  /** The other coordinates, as an address. */
  id: string;
  rows: R[];
}

/** Groups rows by all axes but some, in the order of their first rows. @param over e.g. ["seed"] */
export function groupAlong<R extends Pick<RowView, "at">>(
  rows: readonly R[],
  over: readonly string[],
): Group<R>[] {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const id = row.at
      .filter(({ axis }) => !over.includes(axis))
      .map(({ axis, slug }) => `${axis}=${slug}`)
      .join("/");
    groups.set(id, [...(groups.get(id) ?? []), row]);
  }
  return [...groups].map(([id, rows]) => ({ id, rows }));
}

/** The same for a study's own code: over the axes named, by default over “seed”. */
export const groupOver = <R extends Pick<RowView, "at">>(
  rows: readonly R[],
  ...over: string[]
): Group<R>[] => groupAlong(rows, over.length > 0 ? over : ["seed"]);
