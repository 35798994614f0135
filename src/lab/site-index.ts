import type { Agenda, PlannedRun } from "./agenda.ts";
import { schemaVersion } from "./graph.ts";
import type { Lost } from "./kept-failures.ts";
import { formatReason } from "./reason.ts";
import type {
  ArraysOutput,
  Column,
  Columns,
  Field,
  FileOutput,
  Output,
  Scaling,
  TableOutput,
  ValueOutput,
} from "./output.ts";
import type { AxisOptions, Coordinate, Table } from "./table.ts";

/** An output as its task declares it, for pages: plain JSON. */
export interface OutputDeclaration {
  kind: Output["kind"];
  label: string | null;
  /** Of values that are numbers. */
  scaling?: Scaling;
  /** Of values that are objects. */
  fields?: Readonly<Record<string, Field>>;
  /** Of tables. */
  columns?: Record<string, Column>;
  /** Of arrays. */
  dimensions?: Record<string, readonly string[]> | null;
  /** Of files. */
  media?: string;
}

/** What became of a run. */
export interface RunStatus {
  status: "done" | "stopped" | "failed" | "blocked" | "missing";
  /** Why, for all but "done". */
  reason: string | null;
}

export interface SiteRow extends RunStatus {
  at: Coordinate[];
  /** Along the axes that vary, e.g. "20 layers, Adam". */
  label: string;
  key: string;
}

export interface SiteAxis extends AxisOptions {
  name: string;
  values: Omit<Coordinate, "axis">[];
}

export interface SiteTable {
  id: string;
  title: string | null;
  task: string;
  axes: SiteAxis[];
  outputs: Record<string, OutputDeclaration>;
  rows: SiteRow[];
}

export interface SiteStudy {
  id: string;
  title: string;
  description: string | null;
  tables: SiteTable[];
}

export interface SiteRun extends RunStatus {
  /** Its first address, or what it was made for. */
  name: string;
  task: string;
  /** Complete: defaults are filled in. */
  params: unknown;
  outputs: Record<string, OutputDeclaration>;
}

/** runs/index.json: what the site may show. */
export interface SiteIndex {
  schema: typeof schemaVersion;
  profile: string;
  /** Engine id. */
  engine: string;
  studies: SiteStudy[];
  /** By key: those that tables list and those that these read. */
  runs: Record<string, SiteRun>;
}

function describeOutput(output: Output): OutputDeclaration {
  const { kind, label = null } = output;
  switch (kind) {
    case "value": {
      const { unit, log, better, fields } = output as ValueOutput<unknown>;
      return { kind, label, scaling: { unit, log, better }, fields };
    }
    case "table":
      return {
        kind,
        label,
        columns: (output as TableOutput<Columns>).columns as Record<string, Column>,
      };
    case "arrays":
      return { kind, label, dimensions: (output as ArraysOutput<string>).dimensions };
    case "file":
      return { kind, label, media: (output as FileOutput).media };
  }
}

const describeOutputs = (outputs: Readonly<Record<string, Output>>) =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [name, describeOutput(output)]),
  );

function statusOf({ run, status, reason }: PlannedRun, lost: ReadonlyMap<string, Lost>): RunStatus {
  const loss = lost.get(run.key);
  // A forced run that failed leaves its earlier result as it was.
  if (loss && status === "missing")
    return { status: loss.status, reason: formatReason(loss.reason) };
  return { status, reason: reason && formatReason(reason) };
}

function describeAxes({ rows, over, axes }: Table): SiteTable["axes"] {
  return Object.keys(over).map((name) => {
    const values = rows.flatMap(({ at }) => at.filter(({ axis }) => axis === name));
    const unique = new Map(values.map(({ slug, label, value }) => [slug, { slug, label, value }]));
    return { name, ...axes[name], values: [...unique.values()] };
  });
}

/** What pages may know of an agenda after its runs were made. */
export function describeAgenda(
  agenda: Agenda,
  lost: ReadonlyMap<string, Lost>,
  profile: string,
): SiteIndex {
  const { runs, tables, engine } = agenda;
  const studies = new Map<string, SiteStudy>();
  for (const { id, study, rows } of tables) {
    const table = study.tables[id]!;
    const described: SiteTable = {
      id,
      title: table.title,
      task: table.task.name,
      axes: describeAxes(table),
      outputs: describeOutputs(table.task.outputs as Record<string, Output>),
      rows: rows.map((row) => ({ ...row, ...statusOf(runs.get(row.key)!, lost) })),
    };
    const { title, description = null } = study;
    const known = studies.get(study.id) ?? { id: study.id, title, description, tables: [] };
    known.tables.push(described);
    studies.set(study.id, known);
  }
  return {
    schema: schemaVersion,
    profile,
    engine,
    studies: [...studies.values()],
    runs: Object.fromEntries(
      [...runs].map(([key, planned]) => [
        key,
        {
          name: planned.name,
          task: planned.run.task.name,
          params: planned.run.params,
          outputs: describeOutputs(planned.run.task.outputs as Record<string, Output>),
          ...statusOf(planned, lost),
        },
      ]),
    ),
  };
}
