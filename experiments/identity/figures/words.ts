import { formatFixed } from "#site/numbers";

/** A correlation, gain or the like, e.g. "0.82", "−1.50"; "–" where there is none. */
export const formatMeasure = (value: number | null | undefined): string =>
  value == null ? "–" : formatFixed(value, 2);

/** With its sign, e.g. "+0.03", "−0.10", "0.00". */
export function formatDifference(value: number): string {
  const text = formatMeasure(value);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}
