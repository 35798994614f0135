import { formatNumber } from "../site/numbers.ts";
import { textWidth } from "./axis.ts";
import type { PlotSize } from "./svg.ts";

/** Numbers by row and column; null where there is none. */
export interface HeatMapData {
  /** What is drawn, for screen readers. */
  title: string;
  rows: string[];
  columns: string[];
  /** What rows and columns are, e.g. "shown"; "" leaves it out. */
  rowLabel: string;
  columnLabel: string;
  cells: (number | null)[][];
  /** What the numbers are, with the unit; "" leaves it out. */
  label: string;
  /** Ends of the scale; null fits the data. */
  range: readonly [number, number] | null;
}

const widths = { wide: 560, narrow: 350 };
/** Most pixels of a cell, and fewest in which a number is legible. */
const [largest, legible] = [64, 34];
const lineHeight = 16;
/** Most pixels of all rows together. */
const tallest = 640;

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const round = (pixels: number): number => Number(pixels.toFixed(2));

interface TextPlace {
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
  fill?: string;
  size?: number;
  turned?: boolean;
}

function text(words: string, { x, y, anchor, fill = "var(--ink)", size = 13, turned }: TextPlace) {
  const turn = turned ? ` transform="rotate(-90 ${round(x)} ${round(y)})"` : "";
  return (
    `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}"` +
    `${size === 13 ? "" : ` font-size="${size}"`}${turn}>${escape(words)}</text>`
  );
}

/** A diverging scale where the numbers lie on both sides of zero. */
function colourOf(value: number, [least, greatest]: readonly [number, number]): string {
  if (least < 0 && greatest > 0) {
    const share = Math.round((100 * Math.abs(value)) / Math.max(-least, greatest));
    const end = value < 0 ? "var(--heat)" : "var(--heat-positive)";
    return `color-mix(in oklab, ${end} ${share}%, var(--paper))`;
  }
  const share = Math.round((100 * (value - least)) / (greatest - least || 1));
  return `color-mix(in oklab, var(--heat) ${share}%, var(--paper))`;
}

function scaleStrip(
  { label }: HeatMapData,
  [least, greatest]: readonly [number, number],
  y: number,
): string {
  const [steps, width] = [24, 120];
  const strip = Array.from({ length: steps }, (_, i) => {
    const value = least + ((greatest - least) * i) / (steps - 1);
    const x = round((i * width) / steps);
    return `<rect x="${x}" y="${y}" width="${round(width / steps + 0.3)}" height="9" fill="${colourOf(value, [least, greatest])}"/>`;
  });
  const low = formatNumber(least, 2);
  const from = textWidth(low) + 6;
  return (
    text(low, { x: 0, y: y + 9, anchor: "start", fill: "var(--muted)" }) +
    `<g transform="translate(${from} 0)">${strip.join("")}` +
    `<rect y="${y}" width="${width}" height="9" fill="none" stroke="var(--hairline)"/></g>` +
    text(`${formatNumber(greatest, 2)}  ${label}`, {
      x: from + width + 6,
      y: y + 9,
      anchor: "start",
      fill: "var(--muted)",
    })
  );
}

/** As many decimals in all cells as tell the greatest apart by a hundredth. */
function cellFormat(numbers: readonly number[]): (value: number | null) => string {
  const greatest = Math.max(...numbers.map(Math.abs));
  const decimals = numbers.every(Number.isInteger)
    ? 0
    : Math.min(4, Math.max(0, 1 - Math.floor(Math.log10(greatest || 1))));
  return (value) => (value === null ? "–" : value.toFixed(decimals).replace("-", "−"));
}

/** From zero where the numbers come close to it. */
export function niceRange(numbers: readonly number[]): [number, number] {
  if (numbers.length === 0) return [0, 1];
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
  return [least > 0 && least < greatest / 3 ? 0 : least, greatest];
}

/** Labels of entries that have room, the first among them. */
const everyNth = (length: number, pixels: number): ((_: unknown, i: number) => boolean) => {
  const stride = Math.ceil(lineHeight / Math.max(pixels, 1));
  return (_, i) => i % stride === 0 && i < length;
};

/** Most cells that tell their number to a pointer. */
const mostTold = 200;

const fillOf = (value: number | null, range: readonly [number, number]): string =>
  value === null ? "var(--paper-sunken)" : colourOf(value, range);

/** Cells a unit wide and high: a line through the middle of those beside each other of one colour. */
function denseCells(cells: HeatMapData["cells"], range: readonly [number, number]): string {
  const paths = new Map<string, string>();
  for (const [y, row] of cells.entries()) {
    const fills = row.map((value) => fillOf(value, range));
    for (let x = 0; x < fills.length;) {
      const fill = fills[x]!;
      let end = x + 1;
      while (fills[end] === fill) end++;
      paths.set(fill, `${paths.get(fill) ?? ""}M${x} ${y}h${end - x}`);
      x = end;
    }
  }
  return [...paths].map(([fill, d]) => `<path stroke="${fill}" d="${d}"/>`).join("");
}

/** Cells as colours with a labelled scale below; numbers too where there is room. */
export function plotHeatMap(data: HeatMapData, size: PlotSize = "wide"): string {
  const { rows, columns, cells, rowLabel, columnLabel, title } = data;
  const numbers = cells.flat().filter((cell) => cell !== null);
  const range = data.range ?? niceRange(numbers);
  const outer = rowLabel ? lineHeight + 6 : 0;
  const left = outer + Math.min(150, Math.max(...rows.map(textWidth))) + 8;
  const cell = Math.min(largest, (widths[size] - left - 2) / columns.length);
  const turned = columns.some((column) => textWidth(column) > cell - 4) && cell >= 1;
  const longest = Math.min(120, Math.max(...columns.map(textWidth)));
  const top = (columnLabel ? lineHeight + 6 : 0) + (turned ? longest + 6 : lineHeight + 6);
  const high = Math.min(cell, largest * 0.75, Math.max(1, tallest / rows.length));
  const bottom = top + rows.length * high;
  const written = cell >= legible && high >= lineHeight;
  const formatCell = cellFormat(numbers);
  const isDense = rows.length * columns.length > mostTold;
  const drawn = isDense
    ? [
        `<g transform="translate(${round(left)} ${round(top + high / 2)}) ` +
          `scale(${cell} ${high})" shape-rendering="crispEdges">${denseCells(cells, range)}</g>`,
      ]
    : cells.flatMap((row, i) =>
        row.map((value, j) => {
          const [x, y] = [left + j * cell, top + i * high];
          const said = `${rows[i]!}, ${columns[j]!}: ${formatNumber(value)}`;
          return (
            `<rect x="${round(x)}" y="${round(y)}" width="${round(cell - (cell > 6 ? 1 : 0))}" ` +
            `height="${round(high - (high > 6 ? 1 : 0))}" fill="${fillOf(value, range)}">` +
            `<title>${escape(said)}</title></rect>` +
            (written
              ? text(formatCell(value), {
                  x: x + cell / 2,
                  y: y + high / 2 + 4.5,
                  anchor: "middle",
                })
              : "")
          );
        }),
      );
  const rowNames = rows.map((row, i) =>
    everyNth(rows.length, high)(row, i)
      ? text(row, { x: left - 8, y: top + (i + 0.5) * high + 4.5, anchor: "end" })
      : "",
  );
  const columnNames = columns.map((column, j) => {
    if (!everyNth(columns.length, cell)(column, j)) return "";
    const x = left + (j + 0.5) * cell;
    return turned
      ? text(column, { x: x + 4.5, y: top - 6, anchor: "start", turned: true })
      : text(column, { x, y: top - 6, anchor: "middle" });
  });
  const muted = "var(--muted)";
  const names = [
    columnLabel && text(columnLabel, { x: left, y: 12, anchor: "start", fill: muted }),
    rowLabel &&
      text(rowLabel, { x: 12, y: (top + bottom) / 2, anchor: "middle", fill: muted, turned: true }),
  ];
  const scaleWidth = textWidth(`00000  00000 ${data.label}`) + 132;
  const width = Math.min(widths[size], Math.max(round(left + columns.length * cell), scaleWidth));
  const height = round(bottom + 32);
  const label = `${title}: ${rows.length} rows, ${columns.length} columns, from ${formatNumber(range[0])} to ${formatNumber(range[1])}.`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `style="max-inline-size:${width}px" role="img" aria-label="${escape(label)}" ` +
    `font-family="var(--font-sans)" font-size="13">` +
    [...names, ...rowNames, ...columnNames, ...drawn].join("") +
    scaleStrip(data, range, bottom + 14) +
    "</svg>"
  );
}
