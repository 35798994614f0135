import { UserError } from "../error.ts";
import { slugOf } from "../lab/table.ts";
import type { Bar } from "../plots/bar-glyph.ts";
import { coloursOf } from "./colours.ts";
import { describeColumn } from "./measures.ts";
import { formatLabel, formatNumber } from "./numbers.ts";
import type { ArrayView, RowView, RunView } from "./results.ts";
import { chooseOutput, type Selection } from "./selection.ts";

export interface Tile {
  /** From the root of the site. */
  src: string;
  /** Pictures from the left and from the top of the sheet. */
  column: number;
  row: number;
  /** Pictures of the sheet. */
  columns: number;
  rows: number;
  alt: string;
  /** What is measured of it. */
  measures: { label: string; text: string; colour: string }[];
}

export interface TileRow {
  label: string;
  /** Of its run; from the root of the site. */
  href: string | null;
  tiles: Tile[];
  /** Means over the row's pictures. */
  bars: Bar[];
  /** Why there are no tiles; null where there are. */
  reason: string | null;
  /** What to bear in mind when looking at the row. */
  note?: string | null;
  /** Whether a gap follows. */
  apart?: boolean;
}

export interface TileFrame {
  label: string;
  rows: TileRow[];
}

export interface TileGrid {
  /** Of one tile, in its own pixels. */
  width: number;
  height: number;
  columns: string[];
  /** Names the columns, e.g. "picture". */
  columnName: string;
  inputs: TileRow | null;
  frames: TileFrame[];
  /** Of colours; null where black and white stand for 0 and 1. */
  scale: { colours: string; ends: [string, string] } | null;
  barRange: readonly [number, number];
  barNames: { label: string; colour: string }[];
  /** Rows that are left out. */
  more: number;
  /** Pictures that are left out at the end of the longest row. */
  moreColumns: number;
}

export interface TilesOptions {
  /** A table output with a row for each picture. */
  measures?: string;
  /** Columns of it that end each row as bars. */
  bars?: string;
  /** Pictures that the runs were given: an output, or output/array. */
  inputs?: string;
  inputsLabel?: string;
  /** Most rows. */
  limit?: number;
  /** Most pictures of a row. */
  columnLimit?: number;
}

/** Which dimension of pictures does what; indices into their shape. */
interface Layout {
  column: number | null;
  frame: number | null;
  /** The others, outermost first. */
  rows: number[];
}

function layoutOf(dimensions: readonly string[]): Layout {
  const frame = dimensions.indexOf("frame");
  const others = dimensions.map((_, i) => i).filter((i) => i !== frame);
  const named = dimensions.indexOf("column");
  const column = named >= 0 ? named : (others.at(-1) ?? null);
  return { column, frame: frame < 0 ? null : frame, rows: others.filter((i) => i !== column) };
}

const outer = ({ dimensions, shape }: ArrayView) => ({
  dimensions: (dimensions ?? []).slice(0, -2),
  shape: shape.slice(0, -2),
});

/** Names of the entries along a dimension. */
function entriesOf({ labels }: ArrayView, dimension: string, length: number): string[] {
  const isPlain = dimension === "row" || dimension === "column";
  const nameOf = (i: number): string => (isPlain ? "" : `${dimension} ${i + 1}`);
  return labels?.[dimension] ?? Array.from({ length }, (_, i) => nameOf(i));
}

/** All indices along some dimensions, the last fastest. */
const product = (lengths: readonly number[]): number[][] =>
  lengths.reduce<number[][]>(
    (all, length) => all.flatMap((some) => Array.from({ length }, (_, i) => [...some, i])),
    [[]],
  );

/** Where a picture lies on its sheet: the last dimension along the columns, the others downwards. */
function placeOf(index: readonly number[], shape: readonly number[]) {
  const row = index.slice(0, -1).reduce((sum, i, k) => sum * shape[k]! + i, 0);
  return { column: index.at(-1) ?? 0, row };
}

interface Part {
  label: string;
  tiles: Tile[];
}

/** The rows of one array, by frames. */
function cut(array: ArrayView, name: string): { frames: { label: string; parts: Part[] }[] } {
  const { dimensions, shape } = outer(array);
  const layout = layoutOf(dimensions);
  const { src, columns, rows } = array.sheet!;
  const names = dimensions.map((dimension, i) => entriesOf(array, dimension, shape[i]!));
  const lengthOf = (i: number | null): number => (i === null ? 1 : shape[i]!);
  const frames = Array.from({ length: lengthOf(layout.frame) }, (_, frame) => {
    const parts = product(layout.rows.map((i) => shape[i]!)).map((at): Part => {
      const label = layout.rows
        .flatMap((i, k) => (shape[i]! > 1 ? [names[i]![at[k]!]!] : []))
        .join(", ");
      const tiles = Array.from({ length: lengthOf(layout.column) }, (_, column): Tile => {
        const index = shape.map((_, i) =>
          i === layout.column ? column : i === layout.frame ? frame : at[layout.rows.indexOf(i)]!,
        );
        const columnLabel = layout.column === null ? "" : names[layout.column]![column]!;
        const alt = [name, label, columnLabel || String(column + 1)].filter(Boolean).join(", ");
        return { src, columns, rows, ...placeOf(index, shape), alt, measures: [] };
      });
      return { label, tiles };
    });
    const label = layout.frame === null ? "" : names[layout.frame]![frame]!;
    return { label, parts };
  });
  return { frames };
}

/** Measures of each column's picture, and the bars of their means. */
function measure(row: RowView, output: string, columns: readonly string[], barNames: string[]) {
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

/** The array of pictures that a path names, else the first with pictures. */
function findArray({ out }: RunView, [output = "", array]: readonly string[]): ArrayView | null {
  const arrays = out[output]?.arrays ?? {};
  const found = array ? arrays[array] : Object.values(arrays).find(({ sheet }) => sheet);
  return found?.sheet ? found : null;
}

/** Rows of tiles of the pictures that are selected. */
export function tileGrid(selection: Selection, options: TilesOptions = {}): TileGrid {
  const [output] = chooseOutput(
    selection,
    ({ kind, dimensions }) =>
      kind === "arrays" &&
      (!dimensions || Object.values(dimensions).some((d) => d.at(-1) === "x" && d.at(-2) === "y")),
    "array of pictures",
  );
  const path = [output, ...selection.path.slice(1)];
  const rows = selection.rows.slice(0, options.limit ?? Infinity);
  const found = rows.flatMap((row) => findArray(row, path) ?? []);
  const first = found.find((array) => columnsOf(array).length === widest(found));
  const barNames = options.bars?.split(",").map((name) => name.trim()) ?? [];
  if (!first) return emptyGrid(rows);
  const { dimensions, shape } = outer(first);
  const { column, frame } = layoutOf(dimensions);
  const all = columnsOf(first);
  const columns = all.slice(0, options.columnLimit ?? Infinity);
  const cuts = rows.map((row) => {
    const array = findArray(row, path);
    return { row, array, frames: array ? cut(array, row.label).frames : [] };
  });
  const frameLabels = frame === null ? [""] : entriesOf(first, dimensions[frame]!, shape[frame]!);
  const frames = frameLabels.map((label, k): TileFrame => ({
    label,
    rows: cuts.flatMap(({ row, frames }) =>
      rowsOf(row, frames[k]?.parts ?? [], columns, options.measures, barNames),
    ),
  }));
  const declared = selection.table.outputs[options.measures ?? ""]?.columns;
  const odd = barNames.find((name) => !declared?.[name]);
  if (odd !== undefined) {
    throw new UserError(`the bars “${odd}” are no column of “${options.measures ?? ""}”`, {
      hint: `its columns are ${Object.keys(declared ?? {}).join(", ")}`,
    });
  }
  return {
    width: first.sheet!.width,
    height: first.sheet!.height,
    columns,
    columnName: column === null ? "" : dimensions[column]!,
    inputs: inputsOf(rows, options),
    frames,
    scale: scaleOf(cuts.flatMap(({ array }) => array ?? [])),
    barRange: (declared?.[barNames[0] ?? ""]?.range ?? [0, 1]).slice(0) as [number, number],
    barNames: barNames.map((name, i) => ({
      label: describeColumn(name, declared?.[name]).label,
      colour: coloursOf(name, i).text,
    })),
    more: selection.rows.length - rows.length,
    moreColumns: all.length - columns.length,
  };
}

/** Names of the columns of pictures; one without a name where there are none. */
function columnsOf(array: ArrayView): string[] {
  const { dimensions, shape } = outer(array);
  const { column } = layoutOf(dimensions);
  return column === null ? [""] : entriesOf(array, dimensions[column]!, shape[column]!);
}

const widest = (arrays: readonly ArrayView[]): number =>
  Math.max(...arrays.map((array) => columnsOf(array).length));

const hrefOf = ({ key }: RunView): string => `/runs/${key}/`;

const absentRow = (row: RowView): TileRow => ({
  label: row.label,
  href: hrefOf(row),
  tiles: [],
  bars: [],
  reason: row.reason ?? "too large to be shown as pictures",
});

function rowsOf(
  row: RowView,
  parts: readonly Part[],
  columns: readonly string[],
  measures: string | undefined,
  barNames: string[],
): TileRow[] {
  if (parts.length === 0) return [absentRow(row)];
  const { of, bars } = measures
    ? measure(row, measures, columns, barNames)
    : { of: () => [], bars: [] };
  return parts.map(({ label, tiles }, i) => ({
    label: [i === 0 || !label ? row.label : "", label].filter(Boolean).join(", "),
    href: hrefOf(row),
    tiles: tiles
      .slice(0, columns.length)
      .map((tile, column) => ({ ...tile, measures: of(column) })),
    bars: i === 0 ? bars : [],
    reason: null,
  }));
}

function inputsOf(rows: readonly RowView[], { inputs, inputsLabel }: TilesOptions): TileRow | null {
  if (!inputs) return null;
  const array = rows
    .map((row) => findArray(row, inputs.split("/")))
    .find((array) => array !== null);
  if (!array) return null;
  const [part] = cut(array, inputsLabel ?? "input").frames[0]!.parts;
  return { label: inputsLabel ?? "input", href: null, tiles: part!.tiles, bars: [], reason: null };
}

/** The ends of the scale, in numbers where all runs share them. */
function scaleOf(arrays: readonly ArrayView[]): TileGrid["scale"] {
  const [first] = arrays;
  if (!first) return null;
  const { colours, ranges } = first.sheet!;
  const range = ranges[0]!;
  if (colours === "grey" && range[0] === 0 && range[1] === 1) return null;
  const isShared = arrays
    .flatMap(({ sheet }) => sheet!.ranges)
    .every(([least, greatest]) => least === range[0] && greatest === range[1]);
  const own: [string, string] = ["least of each row", "greatest"];
  return { colours, ends: isShared ? [formatNumber(range[0]), formatNumber(range[1])] : own };
}

const emptyGrid = (rows: readonly RowView[]): TileGrid => ({
  width: 1,
  height: 1,
  columns: [],
  columnName: "",
  inputs: null,
  frames: [{ label: "", rows: rows.map(absentRow) }],
  scale: null,
  barRange: [0, 1],
  barNames: [],
  more: 0,
  moreColumns: 0,
});
