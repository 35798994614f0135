import { UserError } from "../error.ts";
import type { LinesData } from "../plots/lines.ts";
import { axisLines, axisOf, courseLines, groupRows } from "./lines.ts";
import { describeColumn, describeMeasure, type Measure, numbersIn } from "./measures.ts";
import type { RowView } from "./results.ts";
import { checkPath, chooseOutput, select, type Selection } from "./selection.ts";

export interface CurvesOptions {
  x?: string;
  y?: string;
  facet?: string;
  xLabel?: string;
  yLabel?: string;
  label?: string;
}

/** One plot, or several small ones with the same axes. */
export interface CurvesPlot {
  data: LinesData;
  facets: { label: string; data: LinesData }[] | null;
  /** Why there is nothing to draw; null where there is. */
  reason: string | null;
}

const listOf = (written: string | undefined): string[] | null =>
  written
    ?.split(",")
    .map((part) => part.trim())
    .filter(Boolean) ?? null;

/** The same measures on one axis where they are of one kind, else a plot for each. */
function byUnit(measures: readonly Measure[], together: boolean): Measure[][] {
  return together ? [[...measures]] : measures.map((measure) => [measure]);
}

const joint = (measures: readonly Measure[], label: string | undefined): Measure => ({
  ...measures[0]!,
  label: label ?? measures.map(({ label }) => label).join(", "),
  log: measures.every(({ log }) => log),
});

interface Drawing {
  measures: Measure[];
  lines: (rows: readonly RowView[]) => LinesData["lines"];
}

function plotOf(
  selection: Selection,
  x: Measure,
  { measures, lines }: Drawing,
  dots: boolean,
  { facet, xLabel, yLabel, label }: CurvesOptions,
): CurvesPlot {
  const y = axisOf(joint(measures, yLabel));
  const title = label ?? `${y.label} against ${x.label}`;
  const draw = (rows: readonly RowView[]): LinesData => ({
    title,
    x: { ...axisOf(x), ...(xLabel && { label: xLabel }) },
    y,
    lines: lines(rows),
    dots,
  });
  const isEmpty = (data: LinesData): boolean =>
    data.lines.every(({ runs }) => runs.every((run) => run.every(({ y }) => y === null)));
  const data = draw(selection.rows);
  if (isEmpty(data)) {
    const reason = selection.rows.find(({ reason }) => reason !== null)?.reason;
    return { data, facets: null, reason: reason ?? "no values yet" };
  }
  if (!facet) return { data, facets: null, reason: null };
  const others = selection.table.axes.map(({ name }) => name).filter((name) => name !== facet);
  const facets = groupRows(selection.rows, ...others).map(({ label, rows }) => {
    const part = draw(rows);
    const ys = data.lines.flatMap(({ runs }) => runs.flat().flatMap(({ y }) => y ?? []));
    const range = [Math.min(...ys), Math.max(...ys)] as const;
    return {
      label,
      data: { ...part, title: `${label}: ${title}`, y: { ...y, range: y.range ?? range } },
    };
  });
  return { data, facets, reason: null };
}

const isCourse =
  (selection: Selection) => (columns: Record<string, { role: string }> | undefined) =>
    Object.values(columns ?? {}).some(({ role }) => role === "x") && selection !== null;

/** Plots of what an address means, with axes from the declarations. */
export function curves(study: string, address: string, options: CurvesOptions): CurvesPlot[] {
  const selection = select(study, address);
  const { table } = selection;
  const axis = table.axes.find(({ name }) => name === options.x);
  const written = listOf(options.y);
  if (axis) {
    if (axis.values.some(({ value }) => typeof value !== "number")) {
      throw new UserError(
        `the axis “${axis.name}” of “${address}” has values that are no numbers`,
        {
          hint: "draw them with Bars",
        },
      );
    }
    const done = selection.rows.find(({ status }) => status === "done");
    const own = selection.path.length > 0 ? [selection.path] : done ? numbersIn(done) : [];
    const paths = written?.map((path) => path.split("/")) ?? own;
    for (const path of paths) checkPath({ table, path, address: `${address}, y="${options.y}"` });
    const x = describeColumn(axis.name, undefined);
    const measures = paths.map((path) => describeMeasure(table, path));
    return byUnit(measures, written !== null).map((some) =>
      plotOf(
        selection,
        x,
        {
          measures: some,
          lines: (rows) =>
            axisLines(
              { table, rows: [...rows] },
              axis.name,
              paths.filter((_, i) => some.includes(measures[i]!)),
            ),
        },
        true,
        options,
      ),
    );
  }
  const [output, declaration] = chooseOutput(
    selection,
    ({ columns }) => isCourse(selection)(columns),
    "table with an x column",
  );
  const columns = declaration.columns!;
  const names = Object.keys(columns);
  const known = (name: string): string => {
    if (names.includes(name)) return name;
    throw new UserError(
      `“${address}/${output}” has no column “${name}”; it has ${names.join(", ")}`,
    );
  };
  const x = known(options.x ?? names.find((name) => columns[name]!.role === "x")!);
  const inPath = selection.path[1];
  const ys =
    written?.map(known) ??
    (inPath ? [known(inPath)] : names.filter((name) => columns[name]!.role === "y"));
  const measures = ys.map((name) => describeColumn(name, columns[name]));
  return byUnit(measures, written !== null).map((some) =>
    plotOf(
      selection,
      describeColumn(x, columns[x]),
      {
        measures: some,
        lines: (rows) =>
          courseLines(
            { table, rows: [...rows] },
            output,
            x,
            some.map(({ name }) => name),
          ),
      },
      false,
      options,
    ),
  );
}
