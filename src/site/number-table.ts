import { UserError } from "../error.ts";
import { summarise } from "./aggregate.ts";
import { groupRows, varyingAxes } from "./lines.ts";
import {
  describeAxis,
  describeColumn,
  describeMeasure,
  numbersIn,
  readMeasure,
  repeatsOf,
} from "./measures.ts";
import { formatLabel, formatNumber } from "./numbers.ts";
import type { RowView, TableData } from "./results.ts";
import { checkPath, type Selection } from "./selection.ts";
import type { OutputDeclaration } from "../lab/site-index.ts";

export interface Cell {
  text: string;
  /** Least and greatest over seeds; null for a single number. */
  range: string | null;
  isNumber: boolean;
}

export interface NumberTable {
  /** Names of the columns before the numbers. */
  heads: string[];
  columns: string[];
  rows: {
    heads: string[];
    /** From the root of the site; null where a row is of several runs. */
    href: string | null;
    /** "done", or what became of the run. */
    status: RowView["status"];
    reason: string | null;
    cells: Cell[];
  }[];
  /** Rows that are left out at the end; none by default. */
  more?: number;
}

const cellOf = (value: unknown): Cell => {
  const isNumber = typeof value === "number";
  const text = isNumber || value == null ? formatNumber(value as number | null) : String(value);
  return { text, range: null, isNumber: isNumber || value == null };
};

function meanCell(values: readonly unknown[]): Cell {
  if (values.length < 2) return cellOf(values[0]);
  const numbers = values.filter((value) => typeof value === "number");
  const band = summarise(numbers);
  if (!band) return cellOf(null);
  const range = `${formatNumber(Math.min(...numbers))} … ${formatNumber(Math.max(...numbers))}`;
  return { text: formatNumber(band.mean), range, isNumber: true };
}

/** Numbers that runs yield, a row for each run, or for each group over seeds. */
export function runTable(
  selection: Selection,
  { columns, seeds = "mean" }: { columns?: string; seeds?: "mean" | "each" } = {},
): NumberTable {
  const { table, rows, path, address } = selection;
  const done = rows.find(({ status }) => status === "done");
  const written = columns?.split(",").map((column) => column.trim().split("/"));
  for (const path of written ?? []) checkPath({ table, path, address: `${address}: columns` });
  const paths = written ?? (path.length > 0 ? [path] : done ? numbersIn(done) : []);
  const repeats = repeatsOf(table);
  const axes = varyingAxes(table, rows, seeds === "mean" ? repeats : []);
  const groups =
    seeds === "mean"
      ? groupRows(rows, ...repeats)
      : rows.map((row) => ({ label: row.label, rows: [row] }));
  const single = axes.length === 0 ? [""] : axes;
  return {
    heads: single.map((axis) => axis && formatLabel(describeAxis(table, axis))),
    columns: paths.map((path) => formatLabel(describeMeasure(table, path))),
    rows: groups.map(({ rows }) => {
      const [first] = rows;
      const labelOf = (axis: string): string =>
        first!.at.find((coordinate) => coordinate.axis === axis)?.label ?? first!.label;
      const finished = rows.filter(({ status }) => status === "done" || rows.length === 1);
      const worst = rows.find(({ status }) => status !== "done");
      return {
        heads: single.map(labelOf),
        href: rows.length === 1 ? `/runs/${first!.key}/` : null,
        status: worst?.status ?? "done",
        reason: worst?.reason ?? null,
        cells: paths.map((path) => meanCell(finished.map((row) => readMeasure(row, path)))),
      };
    }),
  };
}

/**
 * A table that one run yielded, as declared.
 * @param most rows.
 */
export function outputTable(
  data: TableData,
  { columns = {} }: OutputDeclaration,
  most = Infinity,
): NumberTable {
  const names = Object.keys(columns);
  const heads = names.filter((name) => columns[name]!.role !== "y");
  const measured = names.filter((name) => columns[name]!.role === "y");
  const length = Math.max(0, ...names.map((name) => data[name]?.length ?? 0));
  return {
    heads: heads.map((name) =>
      columns[name]!.role === "row" && !columns[name]!.label
        ? ""
        : formatLabel(describeColumn(name, columns[name])),
    ),
    columns: measured.map((name) => formatLabel(describeColumn(name, columns[name]))),
    rows: Array.from({ length: Math.min(length, most) }, (_, i) => ({
      heads: heads.map((name) => cellOf(data[name]![i]).text),
      href: null,
      status: "done" as const,
      reason: null,
      cells: measured.map((name) => cellOf(data[name]![i])),
    })),
    more: Math.max(0, length - most),
  };
}

/**
 * What an address means as a table: the table that one run yielded, else numbers of all runs.
 * @throws UserError where a table output is named for several runs.
 */
export function numberTable(
  selection: Selection,
  options: { columns?: string; seeds?: "mean" | "each" },
): NumberTable {
  const { rows, path, table, address } = selection;
  const [output, column] = path;
  const declaration = table.outputs[output ?? ""];
  if (declaration?.kind !== "table" || column !== undefined) return runTable(selection, options);
  const [only] = rows;
  if (!only || rows.length > 1) {
    throw new UserError(`“${address}” means the tables of ${rows.length} runs`, {
      hint: `name one run, or a column: ${address}/${Object.keys(declaration.columns!).at(-1)!}`,
    });
  }
  return outputTable(only.out[output!]?.table ?? {}, declaration);
}
