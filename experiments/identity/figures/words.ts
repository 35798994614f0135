const minus = "\u2212";

/** A correlation, gain or the like with two decimals, e.g. "0.82", "−1.50"; null → "–". */
export function formatMeasure(value: number | null | undefined): string {
  if (value == null) return "–";
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** With its sign, e.g. "+0.03", "−0.10", "0.00". */
export function formatDifference(value: number): string {
  const text = formatMeasure(value);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}
