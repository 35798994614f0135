import { UserError } from "../error.ts";
import type { LinesData } from "../plots/lines.ts";
import { axisLines, axisOf, countGroups, courseLines, groupRows, type LineGroup } from "./lines.ts";
import {
  describeAxis,
  describeColumn,
  describeMeasure,
  groupByKind,
  type Measure,
  numbersIn,
  repeatsOf,
} from "./measures.ts";
import type { RowView } from "./results.ts";
import { checkPath, chooseOutput, type Selection } from "./selection.ts";

export interface CurvesOptions {
  x?: string;
  y?: string;
  /** An axis, or "each" for all but repeats. */
  facet?: string;
  xLabel?: string;
  yLabel?: string;
  label?: string;
}

/** One plot, or several small ones with the same axes. */
export interface CurvesPlot {
  data: LinesData;
  facets: { label: string; href: string | null; data: LinesData }[] | null;
  /** Why there is nothing to draw; null where there is. */
  reason: string | null;
}

/** Everything that one plot takes from the results. */
interface Drawing {
  x: Measure;
  y: Measure[];
  /** Whether each point was measured on its own. */
  dots: boolean;
  lines: (rows: RowView[], y: readonly Measure[]) => LinesData["lines"];
}

const listOf = (written: string | undefined): string[] | null =>
  written
    ?.split(",")
    .map((part) => part.trim())
    .filter(Boolean) ?? null;

/** What labels have in common at their start, e.g. "loss" of "loss, training" and "loss, test". */
function commonStart(labels: readonly string[]): string {
  const [first = "", ...others] = labels.map((label) => label.split(/\s+/));
  const differs = [...first].findIndex((word, i) => others.some((other) => other[i] !== word));
  const shared = differs < 0 ? [...first] : first.slice(0, differs);
  return (shared as string[]).join(" ").replace(/[,:;]$/, "");
}

/** One axis for several measures. */
function joint(measures: readonly Measure[], label: string | undefined): Measure {
  const labels = measures.map(({ label }) => label);
  const range = measures.every(({ range }) => range) ? measures[0]!.range : null;
  const words = label ?? (commonStart(labels) || labels.join(", "));
  return { ...measures[0]!, label: words, range, log: measures.every(({ log }) => log) };
}

/** Measures of one kind share a plot where runs do not, else each has its own. */
const share = (measures: readonly Measure[], together: boolean): Measure[][] =>
  together ? groupByKind(measures, (measure) => measure) : measures.map((measure) => [measure]);

const isEmpty = ({ lines }: LinesData): boolean =>
  lines.every(({ runs }) => runs.every((run) => run.every(({ y }) => y === null)));

/** The least and the greatest number that all plots show, so that they share an axis. */
function extent({ lines, y }: LinesData): readonly [number, number] | null {
  const all = lines.flatMap(({ runs }) => runs.flat().flatMap(({ y }) => y ?? []));
  const shown = y.log ? all.filter((value) => value > 0) : all;
  return shown.length > 0 ? [Math.min(...shown), Math.max(...shown)] : null;
}

function facetsOf({ table, rows }: Selection, facet: string): LineGroup[] {
  if (facet === "each") return groupRows(rows, ...repeatsOf(table));
  const names = table.axes.map(({ name }) => name);
  if (names.includes(facet)) return groupRows(rows, ...names.filter((name) => name !== facet));
  throw new UserError(`“${table.id}” has no axis “${facet}”; it has ${names.join(", ")}`);
}

function plotOf(selection: Selection, drawing: Drawing, options: CurvesOptions): CurvesPlot {
  const { facet, xLabel, yLabel, label } = options;
  const y = axisOf(joint(drawing.y, yLabel));
  const x = { ...axisOf(drawing.x), ...(xLabel && { label: xLabel }) };
  const title = label ?? `${y.label} against ${x.label}`;
  const draw = (rows: RowView[]): LinesData => {
    const lines = drawing.lines(rows, drawing.y);
    return { title, x, y, lines, dots: drawing.dots };
  };
  const data = draw(selection.rows);
  if (isEmpty(data)) {
    const reason = selection.rows.find(({ reason }) => reason !== null)?.reason;
    return { data, facets: null, reason: reason ?? "no values yet" };
  }
  if (!facet) return { data, facets: null, reason: null };
  const range = y.range ?? extent(data);
  const facets = facetsOf(selection, facet).map(({ label, rows }) => ({
    label,
    href: rows.length === 1 ? `/runs/${rows[0]!.key}/` : null,
    data: { ...draw(rows), title: `${label}: ${title}`, y: { ...y, range } },
  }));
  return { data, facets, reason: null };
}

/** Numbers that runs yield, against an axis of their table. */
function overAxis(selection: Selection, axis: string, y: string | undefined): Drawing {
  const { table, rows, path, address } = selection;
  const values = table.axes.find(({ name }) => name === axis)!.values;
  if (values.some(({ value }) => typeof value !== "number")) {
    throw new UserError(`the axis “${axis}” of “${address}” has values that are no numbers`, {
      hint: "draw them with Bars",
    });
  }
  const done = rows.find(({ status }) => status === "done");
  const byDefault = path.length > 0 ? [path] : done ? numbersIn(done) : [];
  const paths = listOf(y)?.map((path) => path.split("/")) ?? byDefault;
  for (const path of paths) checkPath({ table, path, address: `${address}, y="${y ?? ""}"` });
  const measures = paths.map((path) => describeMeasure(table, path));
  return {
    x: describeAxis(table, axis),
    y: measures,
    dots: true,
    lines: (rows, some) =>
      axisLines(
        { table, rows },
        axis,
        paths.filter((_, i) => some.includes(measures[i]!)),
      ),
  };
}

/** Columns of the table that each run yields, against another. */
function overColumn(selection: Selection, { x, y }: CurvesOptions): Drawing {
  const { table, address } = selection;
  const [output, { columns = {} }] = chooseOutput(
    selection,
    ({ columns = {} }) => Object.values(columns).some(({ role }) => role === "x"),
    "table with an x column",
  );
  const names = Object.keys(columns);
  const known = (name: string): string => {
    if (names.includes(name)) return name;
    throw new UserError(
      `“${address}” has neither a column nor an axis “${name}”; columns: ${names.join(", ")}`,
    );
  };
  const across = known(x ?? names.find((name) => columns[name]!.role === "x")!);
  const inPath = selection.path[1];
  const byDefault = inPath ? [inPath] : names.filter((name) => columns[name]!.role === "y");
  const ys = (listOf(y) ?? byDefault).map(known);
  return {
    x: describeColumn(across, columns[across]),
    y: ys.map((name) => describeColumn(name, columns[name])),
    dots: false,
    lines: (rows, some) =>
      courseLines(
        { table, rows },
        output,
        across,
        some.map(({ name }) => name),
      ),
  };
}

/**
 * Plots of what is selected, with axes from the declarations.
 * @throws UserError for columns and axes that are not there.
 */
export function curves(selection: Selection, options: CurvesOptions = {}): CurvesPlot[] {
  const axis = selection.table.axes.find(({ name }) => name === options.x);
  const drawing = axis ? overAxis(selection, axis.name, options.y) : overColumn(selection, options);
  const isAlone = options.facet !== undefined || countGroups(selection) === 1;
  const plots = options.y ? [drawing.y] : share(drawing.y, isAlone && !drawing.dots);
  return plots.map((y) => plotOf(selection, { ...drawing, y }, options));
}
