import { UserError } from "../error.ts";
import type { Store } from "./store/store.ts";
import { formatAddress, labelRows, parseSelection } from "./address.ts";
import {
  createGraph,
  type GraphSources,
  readsOf,
  type Run,
  type RunInput,
  upstreamOf,
} from "./graph.ts";
import type { InputRecord, StudyRecord } from "./run-record.ts";
import type { NamedStudy } from "./studies.ts";
import type { Coordinate } from "./table.ts";

export interface AgendaOptions {
  /** Addresses of studies, tables or runs; empty for all. */
  only: readonly string[];
  /** Make what is selected even where a result exists. */
  force: boolean;
}

/** A run and what the store holds of it. */
export interface PlannedRun {
  run: Run;
  /** Its first address, e.g. "shapes/widths/width=8"; of one that no table lists, what it is for. */
  name: string;
  status: "done" | "stopped" | "missing";
  /** Why, for "stopped" and "missing". */
  reason: string | null;
  /** Null where there is no result. */
  record: StudyRecord | null;
  /** Whether a table lists it; others are read by such. */
  listed: boolean;
  selected: boolean;
  /** To be made: selected or needed by one that is, and missing or forced. */
  due: boolean;
  /** Something lies under the key that a new result takes the place of. */
  replace: boolean;
}

export interface PlannedRow {
  key: string;
  at: Coordinate[];
  /** e.g. "20 layers, Adam": along the axes that vary. */
  label: string;
}

export interface PlannedTable {
  id: string;
  study: NamedStudy;
  rows: PlannedRow[];
}

export interface Agenda {
  /** Engine id. */
  engine: string;
  /** Runs that tables list and runs that these read; each after those it reads. */
  runs: Map<string, PlannedRun>;
  tables: PlannedTable[];
}

/** Which earlier result an input was read from that another has taken the place of; null for none. */
function findStale(
  inputs: Readonly<Record<string, InputRecord>>,
  records: ReadonlyMap<string, PlannedRun>,
): string | null {
  const stale = (input: InputRecord): string | null => {
    if (Array.isArray(input)) return input.map(stale).find((name) => name !== null) ?? null;
    if (!("run" in input)) return null;
    const upstream = records.get(input.run);
    const file = upstream?.record?.outputs[input.output]?.file;
    if (!upstream?.record || file === undefined) return null;
    return upstream.record.files[file]?.sha256 === input.sha256 ? null : upstream.name;
  };
  return (
    Object.values(inputs)
      .map(stale)
      .find((name) => name !== null) ?? null
  );
}

/** What a run reads with the task of each, and its input where several are of one task. */
function nameReads(run: Run): [Run, string][] {
  const reads = readsOf(run);
  const nameOf = ({ run }: (typeof reads)[number]): string => run.task.name;
  return reads.map((read) => {
    const alone = reads.filter((other) => nameOf(other) === nameOf(read)).length === 1;
    return [read.run, alone ? nameOf(read) : `${nameOf(read)} (${read.input})`];
  });
}

type Judgement = Pick<PlannedRun, "status" | "reason" | "record" | "replace">;

/** What the store holds of a run, given what it holds of those it reads. */
export async function judgeRun(
  run: Run,
  store: Pick<Store<StudyRecord>, "read">,
  upstream: ReadonlyMap<string, PlannedRun>,
): Promise<Judgement> {
  const stored = await store.read(run.key);
  if (stored.state === "missing") {
    return { status: "missing", reason: "not made yet", record: null, replace: false };
  }
  if (stored.state === "damaged") {
    const reason = `damaged: ${stored.reason}`;
    return { status: "missing", reason, record: null, replace: true };
  }
  const { record } = stored;
  const stale = findStale(record.inputs, upstream);
  if (stale !== null) {
    const reason = `made from an earlier result of ${stale}`;
    return { status: "missing", reason, record: null, replace: true };
  }
  return { status: record.status, reason: record.reason, record, replace: true };
}

/** What a run read, as its record keeps it. @returns null where an upstream output is missing. */
export function recordInput(
  input: RunInput,
  records: ReadonlyMap<string, PlannedRun>,
): InputRecord | null {
  switch (input.type) {
    case "data":
      return { data: input.data.sha256, description: input.data.description };
    case "run": {
      const record = records.get(input.run.key)?.record;
      const file = record?.outputs[input.output]?.file;
      if (!record || file === undefined) return null;
      return { run: input.run.key, output: input.output, sha256: record.files[file]!.sha256 };
    }
    case "list": {
      const items = input.items.map((item) => recordInput(item, records));
      return items.includes(null) ? null : (items as InputRecord[]);
    }
  }
}

/** Marks what is to be made: the selected that is missing or forced, and what it reads and lacks. */
function markDue(runs: ReadonlyMap<string, PlannedRun>, force: boolean): void {
  const need = (planned: PlannedRun): void => {
    if (planned.due) return;
    planned.due = true;
    for (const { key } of upstreamOf(planned.run)) {
      const upstream = runs.get(key)!;
      if (upstream.status === "missing") need(upstream);
    }
  };
  for (const planned of runs.values()) {
    if (planned.selected && (force || planned.status === "missing")) need(planned);
  }
}

/** Does something with a declaration; mistakes in it are told with its place. */
function placed<T>(where: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof UserError) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

/**
 * Compares what studies declare with what the store holds.
 * @throws UserError for a selection that means nothing, and for parameters that are not valid.
 */
export async function makeAgenda(
  studies: readonly NamedStudy[],
  options: AgendaOptions,
  sources: GraphSources & { store: Pick<Store<StudyRecord>, "read"> },
): Promise<Agenda> {
  const selects = parseSelection(studies, options.only);
  const toRun = createGraph(sources);
  const runs = new Map<string, PlannedRun>();

  const add = async (run: Run, name: string, listed: boolean): Promise<PlannedRun> => {
    const known = runs.get(run.key);
    if (known) return known;
    for (const [upstream, part] of nameReads(run))
      await add(upstream, `${part} for ${name}`, false);
    const judged = await judgeRun(run, sources.store, runs);
    const planned = { run, name, ...judged, listed, selected: false, due: false };
    runs.set(run.key, planned);
    return planned;
  };

  const tables: PlannedTable[] = [];
  for (const study of studies) {
    for (const [id, table] of Object.entries(study.tables)) {
      const labels = labelRows(table.rows);
      const rows: PlannedRow[] = [];
      for (const [i, { at, params }] of table.rows.entries()) {
        const name = `${study.id}/${formatAddress(id, at)}`;
        const where = study.file === undefined ? name : `${study.file}: ${name}`;
        const run = await placed(where, () => toRun(table.task, params));
        const planned = await add(run, name, true);
        if (!planned.listed) Object.assign(planned, { listed: true, name });
        planned.selected ||= selects(study.id, id, at);
        rows.push({ key: run.key, at, label: labels[i]! });
      }
      tables.push({ id, study, rows });
    }
  }
  markDue(runs, options.force);
  return { engine: sources.engine.id, runs, tables };
}
