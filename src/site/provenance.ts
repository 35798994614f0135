import type { InputRecord } from "../lab/run-record.ts";
import { formatDuration } from "../lab/format.ts";
import { findRun, type RunView, siteIndex } from "./results.ts";

/** Pieces of data that a run read from one source. */
export interface DataOrigin {
  /** e.g. "MNIST, test part, downloaded"; what more is to be said of a piece stands with the run. */
  source: string;
  /** SHA-256 of each, without those that were read twice. */
  pieces: string[];
}

/** Descriptions of the data that an input names, those of lists too. */
function dataOf(input: InputRecord): { description: string; sha256: string }[] {
  if (Array.isArray(input)) return input.flatMap(dataOf);
  return "data" in input ? [{ description: input.description, sha256: input.data }] : [];
}

function groupSources(data: readonly { description: string; sha256: string }[]): DataOrigin[] {
  const sources = new Map<string, Set<string>>();
  for (const { description, sha256 } of data) {
    const [source = ""] = description.split(";");
    sources.set(source, (sources.get(source) ?? new Set()).add(sha256));
  }
  return [...sources].map(([source, pieces]) => ({ source, pieces: [...pieces] }));
}

export interface RunOrigin {
  key: string;
  name: string;
  status: RunView["status"];
  engine: string;
  time: string;
  started: string;
  data: DataOrigin[];
}

function originOf({ key, name, status, record }: RunView): RunOrigin {
  const { engine = null, seconds, started = "" } = record?.provenance ?? {};
  return {
    key,
    name,
    status,
    engine: engine ?? "–",
    time: seconds === undefined ? "–" : formatDuration(seconds),
    started: started.slice(0, 10),
    data: groupSources(Object.values(record?.inputs ?? {}).flatMap(dataOf)),
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
