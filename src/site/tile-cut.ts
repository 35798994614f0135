import type { ArrayView } from "./results.ts";
import type { Tile } from "./tiles.ts";

/** Which dimension of pictures does what; indices into their shape. */
interface Layout {
  column: number | null;
  frame: number | null;
  /** The others, outermost first. */
  rows: number[];
}

export function layoutOf(dimensions: readonly string[]): Layout {
  const frame = dimensions.indexOf("frame");
  const others = dimensions.map((_, i) => i).filter((i) => i !== frame);
  const named = dimensions.indexOf("column");
  const column = named >= 0 ? named : (others.at(-1) ?? null);
  return { column, frame: frame < 0 ? null : frame, rows: others.filter((i) => i !== column) };
}

export const outer = ({ dimensions, shape }: ArrayView) => ({
  dimensions: (dimensions ?? []).slice(0, -2),
  shape: shape.slice(0, -2),
});

/** Names of the entries along a dimension. */
export function entriesOf({ labels }: ArrayView, dimension: string, length: number): string[] {
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

export interface Part {
  label: string;
  tiles: Tile[];
}

/** The rows of one array, by frames. */
export function cutTiles(
  array: ArrayView,
  name: string,
): { frames: { label: string; parts: Part[] }[] } {
  const { dimensions, shape } = outer(array);
  const layout = layoutOf(dimensions);
  const { src, columns, rows } = array.sheet!;
  const along = (i: number): string[] => entriesOf(array, dimensions[i]!, shape[i]!);
  const lengthOf = (i: number | null): number => (i === null ? 1 : shape[i]!);
  const frames = Array.from({ length: lengthOf(layout.frame) }, (_, frame) => {
    const parts = product(layout.rows.map((i) => shape[i]!)).map((at): Part => {
      const label = layout.rows
        .flatMap((i, k) => (shape[i]! > 1 ? [along(i)[at[k]!]!] : []))
        .join(", ");
      const tiles = Array.from({ length: lengthOf(layout.column) }, (_, column): Tile => {
        const index = shape.map((_, i) =>
          i === layout.column ? column : i === layout.frame ? frame : at[layout.rows.indexOf(i)]!,
        );
        const columnLabel = layout.column === null ? "" : along(layout.column)[column]!;
        const alt = [name, label, columnLabel || String(column + 1)].filter(Boolean).join(", ");
        return { src, columns, rows, ...placeOf(index, shape), alt, measures: [] };
      });
      return { label, tiles };
    });
    const label = layout.frame === null ? "" : along(layout.frame)[frame]!;
    return { label, parts };
  });
  return { frames };
}

/** Names of the columns of pictures; one without a name where there are none. */
export function columnsOf(array: ArrayView): string[] {
  const { dimensions, shape } = outer(array);
  const { column } = layoutOf(dimensions);
  return column === null ? [""] : entriesOf(array, dimensions[column]!, shape[column]!);
}

export const widest = (arrays: readonly ArrayView[]): number =>
  Math.max(...arrays.map((array) => columnsOf(array).length));
