import { slugOf } from "../lab/table.ts";
import type { Bar } from "../plots/bar-glyph.ts";
import { coloursOf } from "./colours.ts";
import { describeColumn } from "./measures.ts";
import { formatLabel, formatNumber } from "./numbers.ts";
import type { RowView } from "./results.ts";
import type { Tile } from "./tiles.ts";

/** Measures of each column's picture, and the bars of their means. */
export function measureTiles(
  row: RowView,
  output: string,
  columns: readonly string[],
  barNames: string[],
) {
  const view = row.out[output];
  const table = view?.table;
  const declared = view?.declaration.columns;
  if (!table || !declared) return { of: () => [], bars: [] };
  const names = Object.keys(declared);
  const naming = names.find((name) => declared[name]!.role === "row");
  const shown = names.filter((name) => name !== naming);
  const colourOf = (name: string): string =>
    barNames.includes(name) ? coloursOf(name, barNames.indexOf(name)).text : "inherit";
  const of = (column: number): Tile["measures"] => {
    const wanted = slugOf(columns[column] ?? "");
    const named = naming ? table[naming]!.findIndex((cell) => slugOf(String(cell)) === wanted) : -1;
    const at = named >= 0 ? named : column;
    return shown.map((name) => {
      const cell = table[name]![at];
      const label = formatLabel(describeColumn(name, declared[name]));
      const text = typeof cell === "number" ? formatNumber(cell) : String(cell ?? "–");
      return { label, text, colour: colourOf(name) };
    });
  };
  const bars = barNames.map((name, i): Bar => {
    const numbers = (table[name] ?? []).filter((cell) => typeof cell === "number");
    const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    const { label } = describeColumn(name, declared[name]);
    return { label, value: numbers.length > 0 ? mean : null, mark: coloursOf(name, i).mark };
  });
  return { of, bars };
}
