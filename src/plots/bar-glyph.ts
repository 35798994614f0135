import { formatNumber } from "../site/numbers.ts";

export interface Bar {
  label: string;
  /** Null draws no bar. */
  value: number | null;
  /** CSS colour. */
  mark: string;
}

const width = 48;
const thickness = 7;
const pitch = 9;

/** Bars at the end of a table row, on tracks from one end of a range to the other. */
export function plotBarGlyph(
  bars: readonly Bar[],
  [least, greatest]: readonly [number, number],
): string {
  const height = bars.length * pitch + 2;
  const drawn = bars.map(({ value, mark }, i) => {
    const share = Math.min(1, Math.max(0, ((value ?? least) - least) / (greatest - least || 1)));
    const y = 2 + i * pitch;
    const length = Number((share * width).toFixed(1));
    return (
      `<rect y="${y}" width="${width}" height="${thickness}" fill="var(--hairline)" opacity="0.6"/>` +
      `<rect y="${y}" width="${length}" height="${thickness}" fill="${mark}"/>`
    );
  });
  const label = bars.map(({ label, value }) => `${label} ${formatNumber(value)}`).join(", ");
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
    `aria-label="${label.replaceAll('"', "&quot;")}">${drawn.join("")}</svg>`
  );
}
