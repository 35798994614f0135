import { readNumber } from "#site/measures";
import { formatFixed, formatNumber } from "#site/numbers";
import { select } from "#site/selection";

export interface Spread {
  median: number;
  least: number;
  greatest: number;
  /** Seeds that have a number. */
  n: number;
}

/** @param address leaves the seed open. @returns null where no seed has a number. */
export function spreadOf(address: string): Spread | null {
  const { rows, path } = select("double-descent", address);
  const numbers = rows.flatMap((row) => readNumber(row, path) ?? []).sort((a, b) => a - b);
  const n = numbers.length;
  if (n === 0) return null;
  const median = (numbers[Math.floor((n - 1) / 2)]! + numbers[Math.floor(n / 2)]!) / 2;
  return { median, least: numbers[0]!, greatest: numbers[n - 1]!, n };
}

/** e.g. "2,216 (median of 5 seeds, 1,744 to 40,282)"; "–" where there is nothing. */
export function tellSpread(address: string, percent: boolean): string {
  const spread = spreadOf(address);
  if (!spread) return "–";
  const write = (value: number): string =>
    percent ? `${formatFixed(value * 100, 1)}\u00a0%` : formatNumber(value);
  const { median, least, greatest, n } = spread;
  return `${write(median)} (median of ${n} seeds, ${write(least)} to ${write(greatest)})`;
}
