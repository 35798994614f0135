import { availableParallelism } from "node:os";
import { assertOurs, type Folders, markFolder } from "../folders.ts";
import { type Agenda, type AgendaOptions, makeAgenda, type PlannedRun } from "./agenda.ts";
import { loadCode } from "./bundle.ts";
import { prepareFolder } from "./disk.ts";
import { createDisplay, createPaint, type DisplayEffects } from "./display.ts";
import { parseEngineName } from "./engines/engine.ts";
import { engineId } from "./engines/identify.ts";
import { explainChanges, keepPlan } from "./explain.ts";
import { formatCount, formatDuration, formatTable } from "./format.ts";
import { schemaVersion } from "./graph.ts";
import {
  type Lost,
  openFailures,
  pruneFailures,
  readFailures,
  recallLost,
} from "./kept-failures.ts";
import { makeRuns } from "./make-runs.ts";
import { formatMemory } from "./memory.ts";
import { defaultPatienceMs } from "./module-process.ts";
import { preparePublic, publishStudies } from "./publish-studies.ts";
import { createDataReader } from "./read-data.ts";
import type { StudyRecord } from "./run-record.ts";
import { runProcess } from "./run-process.ts";
import { describeAgenda } from "./site-index.ts";
import { openStore, type Store } from "./store/store.ts";
import { loadStudies } from "./studies.ts";
import type { Profile } from "./study.ts";

export interface GalleryOptions {
  folders: Folders;
  agenda: AgendaOptions;
  profile: Profile;
  engine: string;
  /** Folder of data sets, or "drawn"; null for packages, the cache, the network or the stand-in. */
  data: string | null;
  /** Null for the number of cores. */
  jobs: number | null;
  /** Null for two hours. */
  patienceMs: number | null;
  dryRun: boolean;
  /** Compare every file of the runs with its checksum, those too that look unchanged. */
  verify: boolean;
}

export interface GalleryEffects extends DisplayEffects {
  signal: AbortSignal;
}

export interface GalleryResult {
  /** 0, or 2 where a run failed, stopped or was blocked. */
  exitCode: 0 | 2;
  /** Seconds by part: plan, make. */
  times: Record<string, number>;
  /** Lays out the same runs in another folder of static files. */
  publish: (publicFolder: string) => Promise<unknown>;
  /** Digest of what was laid out; null where nothing was. */
  published: string | null;
}

/** One number for every run of every build: on more threads, sums come out in another order. */
export const threads = 1;

/** What the studies ask for and the store holds. */
export async function planGallery(
  options: Pick<GalleryOptions, "folders" | "agenda" | "profile" | "engine" | "data" | "verify">,
): Promise<{ agenda: Agenda; store: Store<StudyRecord> }> {
  const engine = parseEngineName(options.engine);
  const [studies, id] = await Promise.all([
    loadStudies(options.folders.experiments, options.profile),
    engineId(engine),
  ]);
  const { folders, verify } = options;
  const store = await openStore<StudyRecord>(folders.results, schemaVersion, { verify });
  const agenda = await makeAgenda(studies, options.agenda, {
    engine: { id },
    load: loadCode,
    read: createDataReader(options.data === null ? {} : { data: options.data }),
    store,
  });
  return { agenda, store };
}

/** A table in the order of making: state, run, key, share of the work, memory, why. */
function formatAgenda(
  { runs }: Agenda,
  lost: ReadonlyMap<string, Lost>,
  changes: ReadonlyMap<string, string>,
  force: boolean,
): string[] {
  const planned = [...runs.values()];
  const secondsOf = ({ run }: PlannedRun): number => run.task.needs(run.params).seconds;
  const total = planned.reduce((sum, run) => sum + (run.due ? secondsOf(run) : 0), 0);
  const rows = planned.map((run) => {
    const { bytes } = run.run.task.needs(run.run.params);
    const { key } = run.run;
    const { status, reason } = lost.get(key) ?? run;
    return [
      `[${run.due && run.status !== "missing" && force ? "forced" : status}]`,
      run.name,
      key.slice(0, 8),
      run.due && total > 0 ? `${((100 * secondsOf(run)) / total).toFixed(1)} %` : "",
      run.due && bytes !== undefined ? formatMemory(bytes) : "",
      (lost.has(key) ? reason : (changes.get(key) ?? reason)) ?? "",
    ];
  });
  return [
    ...formatTable([["state", "run", "key", "work", "memory", "why"], ...rows], "lllrrl"),
    `${formatCount(planned.filter(({ due }) => due).length, "run")} to make`,
  ];
}

/** Two lines of a table: how many runs, and how long it took. */
function formatTally(
  { runs }: Agenda,
  made: number,
  lost: ReadonlyMap<string, Lost>,
  seconds: number,
): string[] {
  const count = (status: string): number =>
    [...lost.values()].filter((loss) => loss.status === status).length;
  const stopped = [...runs.values()].filter(({ status }) => status === "stopped").length;
  const reused = [...runs.values()].filter(({ record }) => record).length - made + count("failed");
  const cells = [made - count("failed"), reused, stopped, count("failed"), count("blocked")];
  return formatTable(
    [
      ["made", "reused", "stopped", "failed", "blocked", "time"],
      [...cells.map(String), formatDuration(seconds)],
    ],
    "rrrrrl",
  );
}

const isOurs = (name: string): boolean => /^[0-9a-f]{32}$|^\./.test(name);

/** Marks the folder of results as ours. @throws UserError where it is somebody else's. */
async function claimStore(results: string): Promise<void> {
  await assertOurs(results, (names) => names.every(isOurs));
  await markFolder(results);
}

/** Bytes that must be free besides what results and pages will take. */
const spareBytes = 256e6;

/**
 * Makes sure that runs can be stored and published, and keeps what is planned.
 * @param dueCount runs that are to be made.
 * @throws UserError naming the folder where they cannot.
 */
export async function claimFolders(
  folders: Pick<Folders, "results" | "public">,
  agenda: Agenda,
  profile: Profile,
  dueCount: number,
): Promise<void> {
  await prepareFolder(folders.results, dueCount > 0 ? spareBytes : 0);
  await preparePublic(folders.public, spareBytes);
  await claimStore(folders.results);
  await keepPlan(folders.results, agenda);
  await pruneFailures(folders.results, agenda, profile);
}

/**
 * Plans, makes what is due, publishes, and says so: `npm run train`, and the first part of
 * `npm run build`.
 * @throws UserError for mistakes in options, studies or data; Interruption when the signal says so.
 */
export async function makeGallery(
  options: GalleryOptions,
  effects: GalleryEffects,
): Promise<GalleryResult> {
  const { output, now, signal } = effects;
  const { folders } = options;
  const paint = createPaint(output);
  const say = (...lines: string[]): void => void output.write(lines.join("\n") + "\n");
  const startedMs = now();
  const { agenda, store } = await planGallery(options);
  const plannedMs = now();
  const times = { plan: (plannedMs - startedMs) / 1000, make: 0 };
  const lost = new Map<string, Lost>();
  const recall = async () => recallLost(agenda, await readFailures(folders.results));
  const publish = async (
    folder: string,
    earlier: string | null = folders.public,
  ): Promise<string> => {
    const known = new Map([...(await recall()), ...lost]);
    const index = describeAgenda(agenda, known, options.profile);
    return publishStudies(index, agenda.runs, store, folder, earlier);
  };

  const { runs } = agenda;
  for (const { name, run, reason } of runs.values()) {
    if (!reason?.startsWith("damaged")) continue;
    say(`${paint("yellow", "[damaged]")}  ${name} (${store.path(run.key)}): ${reason}`);
  }
  if (options.dryRun) {
    const changes = await explainChanges(agenda, folders.results);
    say(...formatAgenda(agenda, await recall(), changes, options.agenda.force));
    return { exitCode: 0, times, publish, published: null };
  }

  const due = [...runs.values()].filter((planned) => planned.due);
  await claimFolders(folders, agenda, options.profile, due.length);
  const costs = new Map(due.map(({ run }) => [run.key, run.task.needs(run.params).seconds]));
  const display = createDisplay(costs, effects);
  const result = await makeRuns(agenda, {
    store,
    engine: { name: options.engine, threads },
    runProcess,
    patienceMs: options.patienceMs ?? defaultPatienceMs,
    jobs: options.jobs ?? availableParallelism(),
    force: options.agenda.force,
    failures: openFailures(folders.results, options.profile),
    report: display.show,
    signal,
  }).finally(display.close);
  for (const [key, loss] of result.lost) lost.set(key, loss);
  times.make = (now() - plannedMs) / 1000;
  const published = await publish(folders.public, options.verify ? null : folders.public);
  await store.keepVerified();

  const kept = [...runs.values()].filter(({ record }) => record).length;
  if (due.length === 0) say(`nothing to make: ${formatCount(kept, "run")} reused`);
  else say("", ...formatTally(agenda, result.made.size, lost, (now() - startedMs) / 1000));
  for (const [key, { status, reason }] of lost) {
    say(`${paint("red", `[${status}]`.padEnd(10))} ${runs.get(key)!.name}: ${reason}`);
  }
  const stopped = [...runs.values()].filter(
    ({ status, selected }) => selected && status === "stopped",
  );
  for (const { name, reason } of stopped) {
    say(`${paint("yellow", "[stopped] ")} ${name}: ${reason}`);
  }
  return { exitCode: lost.size + stopped.length > 0 ? 2 : 0, times, publish, published };
}
