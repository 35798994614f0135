import { assertOurs, type Folders, markFolder } from "../folders.ts";
import { hashCode } from "./code-hash.ts";
import { datasetsOf, resolvePictures } from "./datasets/picture.ts";
import { openDatasets } from "./datasets/index.ts";
import { type IdentifiedEngine, identifyEngine } from "./engines/identify.ts";
import type { Executor, Outcome, RunEvent } from "./executor/executor.ts";
import type { Experiment } from "./experiment.ts";
import { prepareFolder } from "./disk.ts";
import { loadExperiments } from "./gallery.ts";
import {
  createSelector,
  judge,
  makePlan,
  type Plan,
  type PlannedJob,
  type PlanOptions,
} from "./plan.ts";
import { applyProfile } from "./profile.ts";
import { preparePublic, publish } from "./publish.ts";
import type { ReportRun } from "./report.ts";
import { openStore, type Store } from "./store/store.ts";
import { parseName } from "./writer.ts";

export interface Sources {
  engine: string;
  /** Folder of IDX files, or "drawn"; null for the cache, the network or the stand-in. */
  data: string | null;
}

/** One number for every run of every build: on more threads, sums come out in another order. */
const threads = 1;

/** What the experiments ask for and the store holds, with everything a run needs resolved. */
export async function planGallery(
  folders: Folders,
  sources: Sources,
  options: PlanOptions,
): Promise<{ plan: Plan; store: Store; engine: IdentifiedEngine }> {
  const experiments: Experiment[] = await loadExperiments(folders.experiments);
  // A mistyped name is told before anything is downloaded.
  createSelector(experiments, options.only);
  const specs = experiments.flatMap(({ runs }) => runs.map(({ spec }) => spec));
  // All that is declared, so that no selection and no state of the store changes an automatic choice.
  const tasks = specs
    .map((spec) => applyProfile(spec, options.profile))
    .filter((spec) => spec.task === "train");
  const names = [...new Set(specs.flatMap(datasetsOf))];
  const [store, codeHash, engine, datasets] = await Promise.all([
    openStore(folders.results),
    hashCode(),
    identifyEngine(sources.engine, tasks),
    openDatasets(names, sources.data === null ? {} : { data: sources.data }),
  ]);
  const plan = await makePlan(experiments, options, {
    store,
    codeHash,
    threads,
    engine,
    resolve: (task) => ({
      pictures: resolvePictures(task, datasets),
      datasets: datasetsOf(task).map((name) => datasets[name]!.provenance),
    }),
  });
  return { plan, store, engine };
}

/** The plan after its due runs were made: what is there is read from the store. */
async function settle(plan: Plan, outcomes: readonly Outcome[], store: Store): Promise<Plan> {
  const ended = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  const jobs = await Promise.all(
    plan.jobs.map(async (planned): Promise<PlannedJob> => {
      const outcome = ended.get(planned.job.key);
      if (!outcome) return planned;
      const judged = judge(await store.read(planned.job.key));
      // A forced run that failed leaves its earlier result as it was.
      return outcome.status === "failed" && judged.status === "missing"
        ? { ...planned, ...judged, reason: `failed: ${outcome.reason}` }
        : { ...planned, ...judged };
    }),
  );
  return { ...plan, jobs };
}

/** Room to have before training; the networks of a gallery take about as much. */
const spareBytes = 256e6;

const isRun = (name: string): boolean => /^[0-9a-f]{32}$/.test(name) || parseName(name) !== null;

/**
 * Asks, before hours are spent, whether results can be stored and published.
 * @throws UserError naming the folder where not.
 */
async function prepare(plan: Plan, store: Store, publicFolder: string): Promise<void> {
  const spare = plan.jobs.some(({ due }) => due) ? spareBytes : 0;
  const published = plan.jobs
    .flatMap(({ record }) => Object.values(record?.files ?? {}))
    .reduce((sum, { bytes }) => sum + bytes, 0);
  await preparePublic(publicFolder, published + spare);
  if (spare === 0) return;
  await assertOurs(store.directory, (names) => names.every(isRun));
  await prepareFolder(store.directory, spare);
  await markFolder(store.directory);
}

/**
 * Trains what is due, then publishes what there is.
 * @returns the plan as it stands afterwards, and how the runs went.
 * @throws the signal's reason when it aborts; nothing is published then. UserError before anything
 * is trained where the results could not be stored or published.
 */
export async function realise(
  plan: Plan,
  store: Store,
  publicFolder: string,
  effects: { executor: Executor; report: (event: RunEvent) => void; signal: AbortSignal },
): Promise<{ plan: Plan; outcomes: Outcome[] }> {
  await prepare(plan, store, publicFolder);
  const tasks = plan.jobs.filter(({ due }) => due);
  const outcomes = await effects.executor.execute(tasks, effects.report, effects.signal);
  const settled = await settle(plan, outcomes, store);
  await publish(settled, store, publicFolder);
  return { plan: settled, outcomes };
}

/** The runs of a plan by experiment and name, for a report. */
export function listRuns(plan: Plan): ReportRun[] {
  const records = new Map(plan.jobs.map(({ job, record }) => [job.key, record]));
  return plan.experiments.flatMap(({ id, runs }) =>
    runs.map(({ name, key }) => ({ experiment: id, run: name, record: records.get(key)! })),
  );
}
