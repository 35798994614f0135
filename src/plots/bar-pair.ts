/** Two correlations of one network, drawn as a glyph at the end of a table row. */
export interface BarPair {
  /** In [-1, 1]; null draws no bar. */
  rInput: number | null;
  rTrain: number | null;
}

const width = 48;
const height = 20;
const thickness = 7;

function bar(r: number | null, y: number, color: string): string {
  const length = Number((Math.min(1, Math.max(0, r ?? 0)) * width).toFixed(1));
  return (
    `<rect y="${y}" width="${width}" height="${thickness}" fill="var(--hairline)" opacity="0.6"/>` +
    `<rect y="${y}" width="${length}" height="${thickness}" fill="var(--${color})"/>`
  );
}

/** Identity above, constant below, on tracks from 0 to 1; a negative r leaves its track empty. */
export function plotBarPair({ rInput, rTrain }: BarPair): string {
  const say = (r: number | null) => r?.toFixed(2) ?? "undefined";
  const label = `r identity ${say(rInput)}, r constant ${say(rTrain)}`;
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">` +
    `${bar(rInput, 2, "identity")}${bar(rTrain, 11, "constant")}</svg>`
  );
}
