import { labelRows } from "../lab/address.ts";
import type { SiteTable } from "../lab/site-index.ts";
import type { Axis } from "../plots/axis.ts";
import type { Line, Point } from "../plots/lines.ts";
import { groupAlong, summarise } from "./aggregate.ts";
import { coloursOf, rampOf } from "./colours.ts";
import {
  describeColumn,
  describeMeasure,
  type Measure,
  readNumber,
  repeatsOf,
} from "./measures.ts";
import { formatLabel } from "./numbers.ts";
import type { RowView } from "./results.ts";
import type { Selection } from "./selection.ts";

/** Runs that repeat one another, or differ along the x axis only. */
export interface LineGroup {
  label: string;
  rows: RowView[];
}

export const axisOf = ({ label, unit, log, range }: Measure): Axis => ({
  label: formatLabel({ label, unit }),
  log,
  range,
});

/** Groups of rows that one line is drawn for, named by what tells them apart. */
export function groupRows(rows: readonly RowView[], ...over: string[]): LineGroup[] {
  const groups = groupAlong(rows, over);
  const heads = groups.map(({ rows }) => ({
    at: rows[0]!.at.filter(({ axis }) => !over.includes(axis)),
  }));
  const labels = labelRows(heads);
  return groups.map(({ rows }, i) => ({ label: labels[i]!, rows }));
}

/** How many groups of runs there are that repeat one another. */
export const countGroups = ({ table, rows }: Pick<Selection, "table" | "rows">): number =>
  groupRows(rows, ...repeatsOf(table)).length;

/** Axes along which rows stand at several places, but some. */
export const varyingAxes = (table: SiteTable, rows: readonly RowView[], but: readonly string[]) =>
  table.axes
    .map(({ name }) => name)
    .filter((name) => !but.includes(name))
    .filter((name) => {
      const slugs = rows.map(({ at }) => at.find(({ axis }) => axis === name)?.slug);
      return new Set(slugs).size > 1;
    });

/** Whether groups differ along one axis of numbers, so that their colours may follow its order. */
const isOrdered = (groups: readonly LineGroup[], table: SiteTable, over: readonly string[]) => {
  const rows = groups.flatMap(({ rows }) => rows);
  const [axis, ...others] = varyingAxes(table, rows, over);
  const values = table.axes.find(({ name }) => name === axis)?.values ?? [];
  return (
    others.length === 0 && values.length > 2 && values.every((v) => typeof v.value === "number")
  );
};

/** Most points of one course: more are not told apart. */
const mostPoints = 240;

/** Fewer points, of each stretch the least and the greatest, so that no spike is lost. */
function thin(points: readonly Point[], most = mostPoints): Point[] {
  if (points.length <= most) return [...points];
  const stretch = Math.ceil((2 * points.length) / most);
  const kept: Point[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    const part = points.slice(from, from + stretch).filter(({ y }) => y !== null);
    const byHeight = [...part].sort((a, b) => a.y! - b.y!);
    const ends = [...new Set([byHeight[0], byHeight.at(-1)])].filter(
      (point) => point !== undefined,
    );
    kept.push(...ends.sort((a, b) => a.x - b.x));
  }
  return kept;
}

/** Mean and band of several courses, at the places that they share. */
function bandOf(runs: readonly Point[][]): Line["band"] {
  if (runs.length < 2) return [];
  const at = new Map<number, number[]>();
  for (const { x, y } of runs.flat()) {
    if (y !== null) at.set(x, [...(at.get(x) ?? []), y]);
  }
  return [...at]
    .sort(([a], [b]) => a - b)
    .flatMap(([x, ys]) => {
      const band = summarise(ys);
      return band ? [{ x, mean: band.mean, low: band.low, high: band.high }] : [];
    });
}

const thinBand = (band: Line["band"]): Line["band"] => {
  const stride = Math.ceil(band.length / (mostPoints / 2));
  return band.filter((_, i) => i % stride === 0 || i === band.length - 1);
};

const lineOf = (name: string, colours: { mark: string; text: string }, runs: Point[][]): Line => ({
  name,
  ...colours,
  runs: runs.map((run) => thin(run)),
  band: thinBand(bandOf(runs)),
});

const join = (...parts: string[]): string => parts.filter(Boolean).join(", ");

/**
 * Lines of the columns of a table that each run yields, e.g. loss against the step.
 * @param columns what is drawn; several are told apart by colour.
 */
export function courseLines(
  { table, rows }: Pick<Selection, "table" | "rows">,
  output: string,
  x: string,
  columns: readonly string[],
): Line[] {
  const repeats = repeatsOf(table);
  const groups = groupRows(rows, ...repeats);
  const declared = table.outputs[output]!.columns!;
  const ordered = columns.length === 1 && isOrdered(groups, table, repeats);
  return groups.flatMap((group, i) =>
    columns.map((column, j) => {
      const runs = group.rows.flatMap(({ out }): Point[][] => {
        const data = out[output]?.table;
        const xs = data?.[x] as number[] | undefined;
        if (!data || !xs) return [];
        return [xs.map((x, k) => ({ x, y: data[column]![k] as number | null }))];
      });
      const { label } = describeColumn(column, declared[column]);
      const name = columns.length > 1 ? join(group.label, label) : group.label;
      const index = columns.length > 1 ? i * columns.length + j : i;
      const key = groups.length > 1 ? group.label : column;
      const colours = ordered ? rampOf(i, groups.length) : coloursOf(key, index);
      return lineOf(name, colours, runs);
    }),
  );
}

/**
 * Lines of numbers that runs yield, against an axis of their table.
 * @param paths what is drawn; several are told apart by colour.
 */
export function axisLines(
  { table, rows }: Pick<Selection, "table" | "rows">,
  axis: string,
  paths: readonly (readonly string[])[],
): Line[] {
  const over = [...repeatsOf(table), axis];
  const groups = groupRows(rows, ...over);
  const ordered = paths.length === 1 && isOrdered(groups, table, over);
  return groups.flatMap((group, i) =>
    paths.map((path, j) => {
      const seeds = groupAlong(group.rows, [axis]);
      const runs = seeds.map(({ rows }) =>
        rows.map((row): Point => {
          const x = row.at.find((coordinate) => coordinate.axis === axis)!.value as number;
          return { x, y: row.status === "done" ? readNumber(row, path) : null };
        }),
      );
      const { label, name: last } = describeMeasure(table, path);
      const name = paths.length > 1 ? join(group.label, label) : group.label;
      const key = groups.length > 1 ? group.label : last;
      const colours = ordered ? rampOf(i, groups.length) : coloursOf(key, i * paths.length + j);
      return lineOf(
        name,
        colours,
        runs.map((run) => [...run].sort((a, b) => a.x - b.x)),
      );
    }),
  );
}
