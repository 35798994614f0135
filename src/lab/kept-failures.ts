import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Agenda } from "./agenda.ts";
import { removeStale, writeAtomic } from "./atomic.ts";
import { maybeMissing, onDisk } from "./disk.ts";
import type { Failure } from "./failure.ts";
import { upstreamOf } from "./graph.ts";
import { findExcess } from "./memory.ts";

/** What became of a run that was to be made and has no result. */
export type Lost =
  | ({ status: "failed" } & Failure)
  /** It needs one that failed. */
  | { status: "blocked"; reason: string };

/** Why a run failed when it was last made, for later builds. */
export interface KeptFailure extends Failure {
  /** ISO 8601, UTC. */
  when: string;
  /** Of the build: another one plans other runs, and says nothing about this one. */
  profile: string;
}

/** Failures by key, beside the results. */
export interface Failures {
  keep(key: string, failure: Failure): Promise<void>;
  forget(key: string): Promise<void>;
}

const folderOf = (results: string): string => join(results, ".failures");
const pathOf = (results: string, key: string): string => join(folderOf(results), `${key}.json`);

/** One failure; null where there is none, or none that can be read. */
async function readFailure(path: string): Promise<KeptFailure | null> {
  const text = await maybeMissing(path, (there) => readFile(there, "utf8"));
  try {
    return text === null ? null : (JSON.parse(text) as KeptFailure);
  } catch {
    return null;
  }
}

/** All that earlier builds kept, by key. */
export async function readFailures(results: string): Promise<Map<string, KeptFailure>> {
  const names = (await maybeMissing(folderOf(results), (there) => readdir(there))) ?? [];
  const found = new Map<string, KeptFailure>();
  for (const name of names) {
    const [, key] = /^([0-9a-f]{32})\.json$/.exec(name) ?? [];
    const failure = key === undefined ? null : await readFailure(pathOf(results, key));
    if (failure) found.set(key!, failure);
  }
  return found;
}

/** The failures of a store, to be kept and forgotten as its runs are made. */
export const openFailures = (results: string, profile: string): Failures => ({
  keep: (key, { reason, log }) =>
    onDisk("write", pathOf(results, key), async () => {
      await mkdir(folderOf(results), { recursive: true });
      const failure: KeptFailure = { reason, log, when: new Date().toISOString(), profile };
      await writeAtomic(pathOf(results, key), JSON.stringify(failure, null, 1) + "\n");
    }),
  forget: (key) =>
    onDisk("write", pathOf(results, key), () => rm(pathOf(results, key), { force: true })),
});

/** Forgets failures of runs that have a result, or that the profile no longer plans. */
export async function pruneFailures(
  results: string,
  { runs }: Pick<Agenda, "runs">,
  profile: string,
): Promise<void> {
  const failures = openFailures(results, profile);
  await removeStale(folderOf(results));
  for (const [key, failure] of await readFailures(results)) {
    const planned = runs.get(key);
    const isOver = planned ? planned.record !== null : failure.profile === profile;
    if (isOver) await failures.forget(key);
  }
}

/**
 * What is known against the runs that have no result: they are beyond this machine, failed in an
 * earlier build, or need one that is or did.
 */
export function recallLost(
  { runs }: Pick<Agenda, "runs">,
  failures: ReadonlyMap<string, Failure>,
): Map<string, Lost> {
  const lost = new Map<string, Lost>();
  for (const [key, { run, record }] of runs) {
    if (record) continue;
    const failure = findExcess(run.task.needs(run.params)) ?? failures.get(key);
    const upstream = upstreamOf(run).find((upstream) => lost.has(upstream.key));
    if (failure) lost.set(key, { status: "failed", reason: failure.reason, log: failure.log });
    else if (upstream) lost.set(key, blockedBy(runs.get(upstream.key)!));
  }
  return lost;
}

export const blockedBy = ({ name }: { name: string }): Lost => ({
  status: "blocked",
  reason: `it needs ${name}, which has no result`,
});
