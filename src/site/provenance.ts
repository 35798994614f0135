import type { InputRecord } from "../lab/run-record.ts";
import { formatDuration } from "../lab/format.ts";
import { findRun, type RunView, siteIndex } from "./results.ts";

/** Descriptions of the data that an input names, those of lists too. */
function dataOf(input: InputRecord): { description: string; sha256: string }[] {
  if (Array.isArray(input)) return input.flatMap(dataOf);
  return "data" in input ? [{ description: input.description, sha256: input.data }] : [];
}

export interface RunOrigin {
  key: string;
  name: string;
  status: RunView["status"];
  engine: string;
  time: string;
  started: string;
  data: { description: string; sha256: string }[];
}

export function originOf({ key, name, status, record }: RunView): RunOrigin {
  const { engine = null, seconds, started = "" } = record?.provenance ?? {};
  return {
    key,
    name,
    status,
    engine: engine ?? "–",
    time: seconds === undefined ? "–" : formatDuration(seconds),
    started: started.slice(0, 10),
    data: Object.values(record?.inputs ?? {}).flatMap(dataOf),
  };
}

/** How every run of a study came about, those that its tables list and those that these read. */
export function originsOf(study: string, tables: readonly string[]): RunOrigin[] {
  const { studies, runs } = siteIndex();
  const wanted = new Set<string>();
  const add = (key: string): void => {
    if (wanted.has(key) || !runs[key]) return;
    wanted.add(key);
    const read = (input: InputRecord): void => {
      if (Array.isArray(input)) input.forEach(read);
      else if ("run" in input) add(input.run);
    };
    Object.values(findRun(key).record?.inputs ?? {}).forEach(read);
  };
  for (const table of studies.find(({ id }) => id === study)?.tables ?? []) {
    if (tables.length > 0 && !tables.includes(table.id)) continue;
    for (const { key } of table.rows) add(key);
  }
  return [...wanted].map((key) => originOf(findRun(key)));
}
