import type { InputRecord } from "../lab/run-record.ts";
import { findRun, type RunView, siteIndex } from "./results.ts";

/** One parameter, e.g. ["sample.points", "20"]. */
export type Fact = [name: string, value: string];

/** Parameters by their paths, in the order of the record. */
export function flattenParams(params: unknown, path = ""): Fact[] {
  const isFolded = typeof params === "object" && params !== null;
  const entries = isFolded ? Object.entries(params) : [];
  const isShortList =
    Array.isArray(params) && params.every((item) => typeof item !== "object" || item === null);
  if (!isFolded || entries.length === 0 || isShortList) {
    return path ? [[path, isShortList ? params.join(", ") : JSON.stringify(params)]] : [];
  }
  return entries.flatMap(([key, inner]) => flattenParams(inner, path ? `${path}.${key}` : key));
}

export type InputFact =
  { name: string; data: string; sha256: string } | { name: string; run: RunView; output: string };

/** What a run read, lists item by item. */
export function inputsOf({ record }: RunView): InputFact[] {
  const read = (name: string, input: InputRecord): InputFact[] => {
    if (Array.isArray(input)) return input.flatMap((item) => read(name, item));
    return "run" in input
      ? [{ name, run: findRun(input.run), output: input.output }]
      : [{ name, data: input.description, sha256: input.data }];
  };
  return Object.entries(record?.inputs ?? {}).flatMap(([name, input]) => read(name, input));
}

const readers = new Map<unknown, Map<string, string[]>>();

/** Keys of the runs that read a run. */
export function readersOf(key: string): string[] {
  const index = siteIndex();
  let known = readers.get(index);
  if (!known) {
    known = new Map();
    for (const reader of Object.keys(index.runs)) {
      for (const input of inputsOf(findRun(reader))) {
        if ("run" in input) known.set(input.run.key, [...(known.get(input.run.key) ?? []), reader]);
      }
    }
    readers.set(index, known);
  }
  return [...new Set(known.get(key) ?? [])];
}

export interface Listing {
  study: { id: string; title: string };
  table: { id: string; title: string };
  label: string;
}

/** The tables that list a run; none for one that others only read. */
export function listingsOf(key: string): Listing[] {
  return siteIndex().studies.flatMap((study) =>
    study.tables.flatMap((table) =>
      table.rows
        .filter((row) => row.key === key)
        .map(({ label }) => ({
          study,
          table: { id: table.id, title: table.title ?? table.id },
          label: label || "the only run",
        })),
    ),
  );
}

/** Runs that no table lists: others read them. */
export const unlistedRuns = (): { key: string; name: string }[] =>
  Object.entries(siteIndex().runs).flatMap(([key, { name }]) =>
    listingsOf(key).length === 0 ? [{ key, name }] : [],
  );
