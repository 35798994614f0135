import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { parseCsv } from "../lab/csv.ts";
import { slugOf } from "../lab/table.ts";
import { type RowView, runsBehind, type RunView } from "./results.ts";

/** What tells where the numbers of a row come from, after its coordinates and numbers. */
const provenance = ["key", "code", "engine", "cpu", "made"] as const;

/** Numbers of a run as they were once, kept in a file beside the study. */
export interface RecordedRow {
  /** Slugs by axis. */
  at: Record<string, string>;
  /**
   * By output and path, e.g. "scores/accuracy"; of the runs that it read with their input
   * before, e.g. "summary:summary/loss". Null where there is none.
   */
  values: Record<string, number | null>;
  /** Of the run; a key of today differs where code or parameters have changed since. */
  key: string;
  /** SHA-256 of the code that ran. */
  code: string;
  engine: string;
  cpu: string;
  /** ISO 8601, UTC. */
  made: string;
}

function leavesOf(value: unknown, path: string): [string, number][] {
  if (typeof value === "number") return [[path, value]];
  if (typeof value === "boolean") return [[path, Number(value)]];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => leavesOf(part, `${path}/${name}`));
}

const numbersOf = ({ out }: Pick<RunView, "out">, before: string): [string, number][] =>
  Object.values(out).flatMap(({ name, value }) => leavesOf(value, `${before}${name}`));

/** The numbers of a row that has a result, with those of the runs that it read; else null. */
export function recordRow(row: RowView): RecordedRow | null {
  const { record } = row;
  if (row.status !== "done" || !record) return null;
  const behind = new Map(runsBehind(row).map(({ input, run }) => [run.key, { input, run }]));
  const read = [...behind.values()].flatMap(({ input, run }) => numbersOf(run, `${input}:`));
  const { code, engine, cpu, started } = record.provenance;
  return {
    at: Object.fromEntries(row.at.map(({ axis, slug }) => [axis, slug])),
    values: Object.fromEntries([...numbersOf(row, ""), ...read]),
    key: row.key,
    code,
    engine: engine ?? "",
    cpu,
    made: started,
  };
}

const idOf = ({ at }: RecordedRow): string => JSON.stringify(at);

/** Rows with those of the same coordinates replaced, and others added. */
export function mergeRecorded(
  old: readonly RecordedRow[],
  made: readonly RecordedRow[],
): RecordedRow[] {
  const rows = new Map([...old, ...made].map((row) => [idOf(row), row]));
  return [...rows.values()];
}

const quote = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

const namesIn = (parts: readonly object[]): string[] => [
  ...new Set(parts.flatMap((part) => Object.keys(part))),
];

/** CSV: a column per axis ("axis=layers"), per number, and for the provenance. */
export function formatRecorded(rows: readonly RecordedRow[]): string {
  const axes = namesIn(rows.map(({ at }) => at));
  const names = namesIn(rows.map(({ values }) => values));
  const head = [...axes.map((axis) => `axis=${axis}`), ...names, ...provenance];
  const lines = rows.map((row) => [
    ...axes.map((axis) => row.at[axis] ?? ""),
    ...names.map((name) => row.values[name]?.toString() ?? ""),
    ...provenance.map((column) => row[column]),
  ]);
  return [head, ...lines].map((cells) => cells.map(quote).join(",") + "\n").join("");
}

/** @throws UserError where the text was not written by formatRecorded(). */
export function parseRecorded(text: string, path: string): RecordedRow[] {
  const [head = [], ...lines] = parseCsv(text);
  const missing = provenance.find((name) => !head.includes(name));
  if (missing !== undefined) {
    throw new UserError(`${path}: there is no column “${missing}”`, {
      hint: "write it by `npm run record`",
    });
  }
  return lines.map((cells, i): RecordedRow => {
    if (cells.length !== head.length) {
      throw new UserError(
        `${path}: line ${i + 2} has ${cells.length} cells, the first ${head.length}`,
      );
    }
    const entries = head.map((name, column) => [name, cells[column]!] as const);
    const isAxis = ([name]: readonly [string, string]): boolean => name.startsWith("axis=");
    const isNumber = ([name]: readonly [string, string]): boolean =>
      !name.startsWith("axis=") && !(provenance as readonly string[]).includes(name);
    const told = Object.fromEntries(entries) as Record<(typeof provenance)[number], string>;
    return {
      at: Object.fromEntries(entries.filter(isAxis).map(([name, slug]) => [name.slice(5), slug])),
      values: Object.fromEntries(
        entries.filter(isNumber).map(([name, cell]) => [name, cell === "" ? null : Number(cell)]),
      ),
      key: told.key,
      code: told.code,
      engine: told.engine,
      cpu: told.cpu,
      made: told.made,
    };
  });
}

/** Labels of the values of an axis by the slugs under which rows are recorded. */
export const labelsBySlug = (labels: readonly string[]): Map<string, string> =>
  new Map(labels.map((label) => [slugOf(label), label]));

/** Where the recorded rows of a table are kept. */
export const recordedPath = (study: string, table: string): string =>
  join(process.env["VITRINE_EXPERIMENTS"] || "experiments", study, "recorded", `${table}.csv`);

/** Rows of a table that are checked in beside its study; none where there is no such file. */
export function recordedRows(study: string, table: string): RecordedRow[] {
  const path = recordedPath(study, table);
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return isThere ? parseRecorded(readFileSync(path, "utf8"), path) : [];
}
