import { readFileSync, statSync } from "node:fs";
import { UserError } from "../error.ts";
import type { ArrayShape } from "../lab/collect.ts";
import type { PictureSheet } from "../lab/picture-sheet.ts";
import type { PublishedRun } from "../lab/publish-studies.ts";
import type { InputRecord } from "../lab/run-record.ts";
import type {
  OutputDeclaration,
  RunStatus,
  SiteIndex,
  SiteRow,
  SiteRun,
  SiteStudy,
  SiteTable,
} from "../lab/site-index.ts";
import { nearest } from "../nearest.ts";
import { parseIndex } from "./parse-index.ts";
import { publicPath } from "./public-folder.ts";
import type { AnyRun, Coordinates, Row, RunBehind, RunInput, StudyId, TableId } from "./studies.ts";

/** Columns of a table by name. */
export type TableData = Record<string, (number | string | null)[]>;

/** Pictures of an array, with where they lie. */
export interface ArrayView extends ArrayShape {
  /** Null where the array is no pictures, or too many. */
  sheet: (PictureSheet & { src: string }) | null;
}

/** One output of a run. Paths start from the root of the site; a component puts the base before. */
export interface OutputView {
  name: string;
  declaration: OutputDeclaration;
  /** Where it can be downloaded; null where it is not published. */
  href: string | null;
  /** Of the file in the store. */
  bytes: number;
  /** Of outputs of the kind value. */
  value: unknown;
  /** Of outputs of the kind table; null where it is not published. */
  table: TableData | null;
  /** Of outputs of arrays, by name. */
  arrays: Record<string, ArrayView>;
}

export interface RunView extends RunStatus {
  key: string;
  /** Its first address, e.g. "shapes/widths/width=8", or what it was made for. */
  name: string;
  task: string;
  /** Complete: defaults are filled in. */
  params: unknown;
  /** Null where there is no result. */
  record: PublishedRun | null;
  /** By name; those that the run yielded. */
  out: Record<string, OutputView>;
}

export interface RowView extends RunView, Pick<SiteRow, "at" | "label"> {}

interface Cached<T> {
  modifiedMs: number;
  value: T;
}

const indexes = new Map<string, Cached<SiteIndex>>();
const records = new Map<string, PublishedRun>();

/**
 * What the site may show. Read again only when the file changes.
 * @throws UserError where nothing has been published yet.
 */
export function siteIndex(): SiteIndex {
  const path = publicPath("runs", "index.json");
  const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (modifiedMs === undefined) {
    throw new UserError(`there are no results to show: ${path} is missing`, {
      hint: "run `npm run build` or `npm run train` first",
    });
  }
  const cached = indexes.get(path);
  if (cached?.modifiedMs === modifiedMs) return cached.value;
  const value = parseIndex(readFileSync(path, "utf8"), path);
  indexes.set(path, { modifiedMs, value });
  records.clear();
  return value;
}

function readRecord(key: string): PublishedRun {
  const path = publicPath("runs", key, "run.json");
  let record = records.get(path);
  if (!record) {
    record = JSON.parse(readFileSync(path, "utf8")) as PublishedRun;
    records.set(path, record);
  }
  return record;
}

const readTable = (path: string): TableData => JSON.parse(readFileSync(path, "utf8")) as TableData;

function viewOutput(
  record: PublishedRun,
  name: string,
  declaration: OutputDeclaration,
): OutputView | null {
  const stored = record.outputs[name];
  if (!stored) return null;
  const folder = `/runs/${record.key}`;
  const published = record.files[stored.file];
  const arrays = Object.entries(stored.arrays ?? {}).map(([array, shape]): [string, ArrayView] => {
    const sheet = record.sheets[name]?.[array];
    const src = `${folder}/${name}.${array}.png`;
    return [array, { ...shape, sheet: sheet ? { ...sheet, src } : null }];
  });
  let table: TableData | null | undefined;
  return {
    name,
    declaration,
    href: published ? `${folder}/${stored.file}` : null,
    bytes: stored.bytes,
    value: record.values[name],
    get table() {
      const isShown = stored.kind === "table" && published;
      table ??= isShown ? readTable(publicPath("runs", record.key, stored.file)) : null;
      return table;
    },
    arrays: Object.fromEntries(arrays),
  };
}

function viewRun(key: string, run: SiteRun): RunView {
  const { status, reason, name, task, params, outputs } = run;
  const record = status === "done" || status === "stopped" ? readRecord(key) : null;
  const out = Object.entries(outputs).flatMap(([output, declaration]) => {
    const view = record && viewOutput(record, output, declaration);
    return view ? [[output, view] as const] : [];
  });
  return { key, status, reason, name, task, params, record, out: Object.fromEntries(out) };
}

function unknown(what: string, written: string, known: readonly string[]): UserError {
  const meant = nearest(written, known);
  return new UserError(`unknown ${what} “${written}”${meant ? `; did you mean “${meant}”?` : ""}`, {
    hint: `known: ${known.join(", ")}`,
  });
}

/** @throws UserError naming the known studies. */
export function findStudy(id: string): SiteStudy {
  const { studies } = siteIndex();
  const study = studies.find((study) => study.id === id);
  if (study) return study;
  throw unknown(
    "study",
    id,
    studies.map(({ id }) => id),
  );
}

/** @throws UserError naming the known studies, or tables of the study. */
export function findTable(studyId: string, tableId: string): SiteTable {
  const { tables } = findStudy(studyId);
  const table = tables.find(({ id }) => id === tableId);
  if (table) return table;
  throw unknown(
    `table of “${studyId}”`,
    tableId,
    tables.map(({ id }) => id),
  );
}

/** One run, by key. @throws UserError where there is none. */
export function findRun(key: string): RunView {
  const run = siteIndex().runs[key];
  if (!run) throw new UserError(`there is no run ${key}`);
  return viewRun(key, run);
}

/**
 * The runs of a table in the order it declares them, the missing ones too.
 * @param at coordinates to select by, e.g. { layers: 20 }: plain values or labels.
 * @throws UserError naming the known studies, tables, axes or values.
 */
export function findRows(
  studyId: string,
  tableId: string,
  at: Readonly<Record<string, string | number | boolean>> = {},
): RowView[] {
  const table = findTable(studyId, tableId);
  const wanted = Object.entries(at).map(([name, value]) => {
    const axis = table.axes.find((axis) => axis.name === name);
    const names = table.axes.map(({ name }) => name);
    if (!axis) throw unknown(`axis of “${studyId}/${tableId}”`, name, names);
    const entry = axis.values.find(
      ({ label, slug, value: plain }) => plain === value || label === value || slug === value,
    );
    const labels = axis.values.map(({ label }) => label);
    if (!entry)
      throw unknown(`value of “${name}” in “${studyId}/${tableId}”`, String(value), labels);
    return { axis: name, slug: entry.slug };
  });
  const { runs } = siteIndex();
  return table.rows
    .filter((row) =>
      wanted.every(({ axis, slug }) => row.at.some((c) => c.axis === axis && c.slug === slug)),
    )
    .map(({ key, at, label }) => ({ ...viewRun(key, runs[key]!), at, label }));
}

/** As findRows(), typed by the study's own tasks; the study must be one of `Studies`. */
export const results = <S extends StudyId, T extends TableId<S>>(
  study: S,
  table: T,
  at?: Coordinates<S, T>,
): Row<S, T>[] =>
  // What a run yielded was checked against its task's declaration before it was stored.
  findRows(study, table, at as Readonly<Record<string, string>> | undefined) as unknown as Row<
    S,
    T
  >[];

/** Runs that a run read, by input and output; data are left out. */
export function runsBehind({
  record,
}: Pick<RunView, "record">): { input: string; output: string; run: RunView }[] {
  const behind = (
    input: string,
    read: InputRecord,
  ): { input: string; output: string; run: RunView }[] => {
    if (Array.isArray(read)) return read.flatMap((item) => behind(input, item));
    return "run" in read ? [{ input, output: read.output, run: findRun(read.run) }] : [];
  };
  return Object.entries(record?.inputs ?? {}).flatMap(([input, read]) => behind(input, read));
}

/** The run that yielded an input of another; null where that has no result. */
export const runBehind = <R extends AnyRun, I extends RunInput<R>>(
  run: R,
  input: I,
): RunBehind<R, I> | null =>
  (runsBehind(run).find((behind) => behind.input === input)?.run ?? null) as RunBehind<R, I> | null;
