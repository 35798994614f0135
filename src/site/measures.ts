import { UserError } from "../error.ts";
import type { Column, ColumnOptions } from "../lab/output.ts";
import type { SiteTable } from "../lab/site-index.ts";
import { slugOf } from "../lab/table.ts";
import { runsBehind, type RunView, type TableData } from "./results.ts";

/** A number that runs yield, as axes and headings name it. */
export interface Measure {
  /** The last word of its path, for colours. */
  name: string;
  label: string;
  unit: string | null;
  log: boolean;
  /** Where it must lie; null where nothing is declared. */
  range: readonly [number, number] | null;
  better: "higher" | "lower" | null;
}

const words = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[-_]+/g, " ")
    .toLowerCase();

/** @param options what is declared of a column, a field or an axis. */
export function describeColumn(
  name: string,
  options: (ColumnOptions & { label?: string }) | undefined,
): Measure {
  const { label, unit = null, log = false, range = null, better = null } = options ?? {};
  return { name, label: label || words(name), unit, log, range, better };
}

export const describeAxis = ({ axes }: Pick<SiteTable, "axes">, axis: string): Measure =>
  describeColumn(
    axis,
    axes.find(({ name }) => name === axis),
  );

/** Axes along which runs repeat one another: what pages show is a mean over them. */
export const repeatsOf = ({ axes }: Pick<SiteTable, "axes">): string[] =>
  axes.filter(({ name, repeats = name === "seed" }) => repeats).map(({ name }) => name);

/** @param path as in addresses: an output and what in it. */
export function describeMeasure(
  table: Pick<SiteTable, "outputs">,
  path: readonly string[],
): Measure {
  const [output = "", ...inner] = path;
  const declaration = table.outputs[output];
  const column = declaration?.columns?.[inner[0] ?? ""];
  if (column) return describeColumn(inner[0]!, column);
  const last = inner.at(-1);
  if (last !== undefined && !/^\d+$/.test(last)) {
    return describeColumn(last, inner.length === 1 ? declaration?.fields?.[last] : undefined);
  }
  const whole = declaration?.label ?? words(output);
  const label = last === undefined ? whole : `${whole} ${Number(last) + 1}`;
  return describeColumn(output, { ...declaration?.scaling, label });
}

/** Groups what can share an axis, in the order of the first of each. */
export function groupByKind<T>(items: readonly T[], measureOf: (item: T) => Measure): T[][] {
  const kinds = new Map<string, T[]>();
  for (const item of items) {
    const { unit, log, range } = measureOf(item);
    const kind = JSON.stringify([unit, log, range]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), item]);
  }
  return [...kinds.values()];
}

const isNumber = (cell: unknown): cell is number => typeof cell === "number";

const reductions: Record<string, (numbers: number[]) => number | null> = {
  first: (numbers) => numbers[0] ?? null,
  last: (numbers) => numbers.at(-1) ?? null,
  min: (numbers) => (numbers.length > 0 ? Math.min(...numbers) : null),
  max: (numbers) => (numbers.length > 0 ? Math.max(...numbers) : null),
  mean: (numbers) =>
    numbers.length > 0 ? numbers.reduce((sum, n) => sum + n, 0) / numbers.length : null,
};

const columnsOf = (columns: Record<string, Column>, role: Column["role"]): string[] =>
  Object.keys(columns).filter((name) => columns[name]!.role === role);

/** One cell of a column: by a reduction, a row's name, or its place. */
function readCell(
  data: TableData,
  columns: Record<string, Column>,
  [column = "", which]: readonly string[],
): unknown {
  const cells = data[column] ?? [];
  const byDefault = columnsOf(columns, "x").length > 0 ? "last" : "mean";
  const reduce = reductions[which ?? byDefault];
  if (reduce) return reduce(cells.filter(isNumber));
  for (const name of columnsOf(columns, "row")) {
    const row = data[name]!.findIndex((cell) => slugOf(String(cell)) === slugOf(which!));
    if (row >= 0) return cells[row];
  }
  return cells[Number(which)];
}

const walk = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null)?.[key], value);

/**
 * What a run yielded at a path: a value, a cell of a table, a parameter ("params/seed"), or what the
 * run behind one of its inputs yielded ("from/weights/loss"); undefined for nothing.
 */
export function readMeasure(
  run: Pick<RunView, "out" | "record">,
  path: readonly string[],
): unknown {
  const { out, record } = run;
  const [name = "", ...inner] = path;
  const output = out[name];
  if (!output && name === "params") return record ? walk(record.params, inner) : undefined;
  if (!output && name === "from") {
    const behind = runsBehind(run).find(({ input }) => input === inner[0]);
    return behind && readMeasure(behind.run, inner.slice(1));
  }
  if (!output) return undefined;
  const { declaration, value, table } = output;
  if (declaration.kind === "value") return walk(value, inner);
  if (declaration.kind !== "table") {
    throw new UserError(`the output “${name}” holds ${declaration.kind}, no single value`);
  }
  return table ? readCell(table, declaration.columns!, inner) : undefined;
}

export function readNumber(run: Pick<RunView, "out" | "record">, path: readonly string[]) {
  const found = readMeasure(run, path);
  return isNumber(found) ? found : null;
}

/** Most numbers of a list that are told apart by their place. */
const shortest = 4;

/** Paths of the numbers that a run's values hold, one level deep, in the order of declaration. */
export function numbersIn(run: Pick<RunView, "out">): string[][] {
  return Object.entries(run.out).flatMap(([name, { declaration, value }]): string[][] => {
    if (declaration.kind !== "value") return [];
    if (isNumber(value)) return [[name]];
    if (typeof value !== "object" || value === null) return [];
    if (Array.isArray(value) && value.length > shortest) return [];
    return Object.entries(value).flatMap(([key, inner]) => (isNumber(inner) ? [[name, key]] : []));
  });
}
