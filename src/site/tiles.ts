import { UserError } from "../error.ts";
import type { Bar } from "../plots/bar-glyph.ts";
import { coloursOf } from "./colours.ts";
import { describeColumn } from "./measures.ts";
import { formatNumber, plural } from "./numbers.ts";
import type { ArrayView, RowView, RunView } from "./results.ts";
import { chooseOutput, type Selection } from "./selection.ts";
import { columnsOf, cutTiles, entriesOf, layoutOf, outer, type Part, widest } from "./tile-cut.ts";
import { measureTiles } from "./tile-measures.ts";

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
  /** What is left out, e.g. "6 more rows"; empty where nothing is. */
  more: string[];
}

export interface TilesOptions {
  /** A table output with a row for each picture. */
  measures?: string;
  /** Columns of it that end each row as bars. */
  bars?: string;
  /** Pictures that the runs were given: an output, or output/array. */
  inputs?: string;
  inputsLabel?: string;
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
  const { rows } = selection;
  const found = rows.flatMap((row) => findArray(row, path) ?? []);
  const first = found.find((array) => columnsOf(array).length === widest(found));
  const barNames = options.bars?.split(",").map((name) => name.trim()) ?? [];
  if (!first) return emptyGrid(rows);
  const { dimensions, shape } = outer(first);
  const { column, frame } = layoutOf(dimensions);
  const columns = columnsOf(first);
  const cuts = rows.map((row) => {
    const array = findArray(row, path);
    return { row, array, frames: array ? cutTiles(array, row.label).frames : [] };
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
    more: [],
  };
}

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
    ? measureTiles(row, measures, columns, barNames)
    : { of: () => [], bars: [] };
  return parts.map(({ label, tiles }, i) => ({
    label: [i === 0 || !label ? row.label : "", label].filter(Boolean).join(", "),
    href: hrefOf(row),
    tiles: tiles.map((tile, column) => ({ ...tile, measures: of(column) })),
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
  const [part] = cutTiles(array, inputsLabel ?? "input").frames[0]!.parts;
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

/** The beginning of a grid: what nobody has chosen may hold thousands of pictures. */
export function trimGrid(grid: TileGrid, most: { rows: number; columns: number }): TileGrid {
  const { columns, frames, inputs } = grid;
  const trimRow = (row: TileRow): TileRow => ({ ...row, tiles: row.tiles.slice(0, most.columns) });
  const rows = frames[0]?.rows.length ?? 0;
  const over = { rows: rows - most.rows, columns: columns.length - most.columns };
  return {
    ...grid,
    columns: columns.slice(0, most.columns),
    inputs: inputs && trimRow(inputs),
    frames: frames.map(({ label, rows }) => ({
      label,
      rows: rows.slice(0, most.rows).map(trimRow),
    })),
    more: [
      ...(over.rows > 0 ? [plural(over.rows, "more row")] : []),
      ...(over.columns > 0 ? [plural(over.columns, "more column")] : []),
    ],
  };
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
  more: [],
});
