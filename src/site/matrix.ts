import { UserError } from "../error.ts";
import type { HeatMapData } from "../plots/heat-map.ts";
import { summarise } from "./aggregate.ts";
import { readArrays } from "./arrays.ts";
import { describeAxis, describeMeasure, readNumber, repeatsOf } from "./measures.ts";
import { formatLabel, plural } from "./numbers.ts";
import type { RowView } from "./results.ts";
import { chooseOutput, type Selection } from "./selection.ts";

export interface MatrixOptions {
  /** Axes of the table, for numbers that runs yield. */
  rows?: string;
  columns?: string;
  label?: string;
  range?: string;
}

export type ShownMatrix = { data: HeatMapData; reason: null } | { data: null; reason: string };

const meanOf = (numbers: readonly (number | null)[]): number | null =>
  summarise(numbers.filter((n) => n !== null && Number.isFinite(n)) as number[])?.mean ?? null;

const rangeOf = (written: string | undefined): readonly [number, number] | null => {
  if (!written) return null;
  const [least, greatest] = written.split(/[\s,…]+/).map(Number);
  if (Number.isFinite(least) && Number.isFinite(greatest)) return [least!, greatest!];
  throw new UserError(`“${written}” is no range; write two numbers, e.g. "0, 1"`);
};

const entries = (name: string, length: number): string[] =>
  Array.from({ length }, (_, i) => String(i + 1)).map((n) => (length === 1 ? name : n));

/** The rows of a selection that repeat one another. */
function onlyRepeats({ table, address, open, rows }: Selection, what: string): RowView[] {
  const others = open.filter((axis) => !repeatsOf(table).includes(axis));
  if (others.length === 0) return rows;
  throw new UserError(`“${address}” leaves ${others.join(" and ")} open for ${what}`);
}

/** e.g. "3 seeds" */
const describeCount = ({ table, open }: Selection, count: number): string => {
  const [axis = "run", ...others] = repeatsOf(table).filter((name) => open.includes(name));
  return plural(count, others.length > 0 ? "run" : axis);
};

/** Two-dimensional arrays of runs, or lists of lists of numbers: means over seeds. */
function ofArrays(selection: Selection, { label, range }: MatrixOptions): ShownMatrix {
  const rows = onlyRepeats(selection, "one matrix");
  const isPlane = (d: readonly string[]): boolean => d.length === 2;
  const [output, declaration] = chooseOutput(
    selection,
    ({ kind, dimensions }) =>
      kind === "arrays" && (!dimensions || Object.values(dimensions).some(isPlane)),
    "two-dimensional array",
  );
  const views = rows.flatMap(({ out }) => out[output] ?? []);
  const named = selection.path[1];
  const array =
    named ??
    Object.entries(views[0]?.arrays ?? {}).find(([, { shape }]) => shape.length === 2)?.[0];
  const planes = views.flatMap((view) => readArrays(view)?.[array ?? ""] ?? []);
  const shown = views[0]?.arrays[array ?? ""];
  const [plane] = planes;
  if (!plane || !shown) {
    const reason = rows.find(({ reason }) => reason !== null)?.reason;
    return { data: null, reason: reason ?? "no array is published here" };
  }
  if (plane.shape.length !== 2) {
    throw new UserError(`“${selection.address}”: “${array}” has ${plane.shape.length} dimensions`);
  }
  const [height = 0, width = 0] = plane.shape;
  const [rowLabel = "", columnLabel = ""] = shown.dimensions ?? [];
  const cells = Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) =>
      meanOf(planes.map(({ data }) => Number(data[i * width + j]))),
    ),
  );
  const name = label ?? declaration.label ?? output;
  return {
    reason: null,
    data: {
      title: name,
      rows: shown.labels?.[rowLabel] ?? entries(rowLabel, height),
      columns: shown.labels?.[columnLabel] ?? entries(columnLabel, width),
      rowLabel,
      columnLabel,
      cells,
      label:
        planes.length > 1 ? `${name}, mean of ${describeCount(selection, planes.length)}` : name,
      range: rangeOf(range),
    },
  };
}

/** Numbers that runs yield, by two axes of their table: means over seeds. */
function ofAxes(
  selection: Selection,
  { rows: down, columns: along, label, range }: MatrixOptions,
): ShownMatrix {
  const { table, path, address } = selection;
  const [rowAxis, columnAxis] = [down, along].map((name) => {
    const axis = table.axes.find((axis) => axis.name === name);
    if (axis) return axis;
    const known = table.axes.map(({ name }) => name).join(", ");
    throw new UserError(`“${address}” has no axis “${name ?? ""}”; it has ${known}`);
  });
  const others = selection.open.filter(
    (axis) => ![down, along, ...repeatsOf(table)].includes(axis),
  );
  if (others.length > 0) throw new UserError(`“${address}” leaves ${others.join(" and ")} open`);
  if (path.length === 0) throw new UserError(`“${address}” names no output`);
  const at = (row: RowView, axis: string, slug: string): boolean =>
    row.at.some((c) => c.axis === axis && c.slug === slug);
  const cells = rowAxis!.values.map((r) =>
    columnAxis!.values.map((c) => {
      const here = selection.rows.filter(
        (row) => row.status === "done" && at(row, down!, r.slug) && at(row, along!, c.slug),
      );
      return meanOf(here.map((row) => readNumber(row, path)));
    }),
  );
  const measure = describeMeasure(table, path);
  const name = label ?? formatLabel(measure);
  const isEmpty = cells.flat().every((cell) => cell === null);
  if (isEmpty) return { data: null, reason: "no values yet" };
  return {
    reason: null,
    data: {
      title: name,
      rows: rowAxis!.values.map(({ label }) => label),
      columns: columnAxis!.values.map(({ label }) => label),
      rowLabel: formatLabel(describeAxis(table, down!)),
      columnLabel: formatLabel(describeAxis(table, along!)),
      cells,
      label: name,
      range: rangeOf(range) ?? measure.range,
    },
  };
}

/** A heat map of what is selected: an array, or a number over two axes. */
export function matrix(selection: Selection, options: MatrixOptions = {}): ShownMatrix {
  return options.rows !== undefined || options.columns !== undefined
    ? ofAxes(selection, options)
    : ofArrays(selection, options);
}
