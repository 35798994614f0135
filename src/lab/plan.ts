import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { costOf } from "./cost.ts";
import type { Experiment, RunSpec, TrainTask } from "./experiment.ts";
import { checkLayers, checkSize } from "./models/size.ts";
import { applyProfile, type ProfileName } from "./profile.ts";
import {
  type DatasetProvenance,
  type Job,
  type Pictures,
  type RunRecord,
  schemaVersion,
} from "./record.ts";
import { hashPictures, runKey } from "./store/key.ts";
import type { Store, Stored } from "./store/store.ts";

export interface PlanOptions {
  profile: ProfileName;
  /** Experiments ("cnn-depth") or runs ("cnn-depth/cnn-20") to train; empty for all. */
  only: string[];
  /** Train what is selected even where a result exists. */
  force: boolean;
}

/** What a plan asks of the world. */
export interface PlanSources {
  store: Pick<Store, "read">;
  engine: { name: string; id: string };
  codeHash: string;
  /** Engine threads of every run; results may depend on it, so it is one number per build. */
  threads: number;
  /** Pictures of a run and the data sets they come from. */
  resolve: (task: TrainTask) => { pictures: Pictures; datasets: DatasetProvenance[] };
}

/** One result to have, whichever experiments show it. */
export interface PlannedJob {
  job: Job;
  status: "fresh" | "diverged" | "missing";
  /** Why, for "diverged" and "missing". */
  reason: string | null;
  /** Null where there is no result. */
  record: RunRecord | null;
  /** To be trained: selected, and missing or forced. */
  due: boolean;
  /** Within `only`. */
  selected: boolean;
  /** Something lies under the key that a new result takes the place of. */
  replace: boolean;
  /** Of costOf(). */
  cost: number;
}

export interface PlannedExperiment extends Pick<Experiment, "id" | "title" | "publish"> {
  runs: { name: string; key: string; spec: RunSpec }[];
}

export interface Plan {
  profile: ProfileName;
  /** Engine id. */
  engine: string;
  datasets: DatasetProvenance[];
  /** Unique by key, longest first. */
  jobs: PlannedJob[];
  experiments: PlannedExperiment[];
}

/**
 * Tells which runs `only` names; an empty list names all.
 * @throws UserError for an unknown name, with the nearest known one.
 */
export function createSelector(
  experiments: readonly Experiment[],
  only: readonly string[],
): (experiment: string, run: string) => boolean {
  const ids = experiments.map(({ id }) => id);
  const runs = experiments.flatMap(({ id, runs }) => runs.map(({ name }) => `${id}/${name}`));
  for (const name of only) {
    const candidates = name.includes("/") ? runs : ids;
    if (candidates.includes(name)) continue;
    const meant = nearest(name, candidates);
    throw new UserError(
      `unknown ${name.includes("/") ? "run" : "experiment"} “${name}” in --only`,
      {
        hint: meant ? `did you mean “${meant}”?` : `the experiments are ${ids.join(", ")}`,
      },
    );
  }
  const wanted = new Set(only);
  return (id, run) => wanted.size === 0 || wanted.has(id) || wanted.has(`${id}/${run}`);
}

/** What a stored run means for a plan. */
export function judge(stored: Stored): Pick<PlannedJob, "status" | "reason" | "record"> {
  if (stored.state === "missing") {
    return { status: "missing", reason: "not trained yet", record: null };
  }
  if (stored.state === "damaged") {
    return { status: "missing", reason: `damaged: ${stored.reason}`, record: null };
  }
  const { record } = stored;
  if (record.task === "train" && record.training.stoppedBy === "diverged") {
    return { status: "diverged", reason: record.training.reason ?? "training diverged", record };
  }
  return { status: "fresh", reason: null, record };
}

function createJob(name: string, spec: RunSpec, sources: PlanSources): Job {
  const { engine, codeHash, threads, resolve } = sources;
  const input = spec.task === "train" ? resolve(spec) : null;
  const key = runKey({
    spec,
    pictures: input && hashPictures(input.pictures),
    engine: input && engine.id,
    codeHash,
    schema: schemaVersion,
  });
  return {
    key,
    name,
    spec,
    pictures: input?.pictures ?? null,
    datasets: input?.datasets ?? [],
    codeHash,
    engine: engine.name,
    threads,
  };
}

/** @throws UserError naming the run whose models are beyond this machine. */
function checkModels({ name, spec }: Job): void {
  try {
    if (spec.task === "train") checkSize(spec.model);
    if (spec.task === "parameters") spec.models.forEach(checkLayers);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${name}: ${error.message}`, { ...error });
  }
}

/**
 * Compares what the experiments declare with what the store holds.
 * A run that several experiments declare is one job, named after the first.
 * @throws UserError of createSelector(), and for a due run whose models are beyond this machine.
 */
export async function makePlan(
  experiments: readonly Experiment[],
  options: PlanOptions,
  sources: PlanSources,
): Promise<Plan> {
  const isSelected = createSelector(experiments, options.only);
  const jobs = new Map<string, PlannedJob>();
  const planned: PlannedExperiment[] = [];
  for (const { id, title, publish, runs } of experiments) {
    const entry: PlannedExperiment = { id, title, publish, runs: [] };
    for (const run of runs) {
      const spec = applyProfile(run.spec, options.profile);
      const job = createJob(`${id}/${run.name}`, spec, sources);
      entry.runs.push({ name: run.name, key: job.key, spec });
      const selected = isSelected(id, run.name);
      const known = jobs.get(job.key) ?? (await planJob(job, sources.store));
      known.selected ||= selected;
      jobs.set(job.key, known);
    }
    planned.push(entry);
  }
  for (const job of jobs.values()) {
    job.due = job.selected && (options.force || job.status === "missing");
    if (job.due) checkModels(job.job);
  }
  return {
    profile: options.profile,
    engine: sources.engine.id,
    datasets: collectDatasets([...jobs.values()]),
    jobs: [...jobs.values()].sort((a, b) => b.cost - a.cost || (a.job.name < b.job.name ? -1 : 1)),
    experiments: planned,
  };
}

async function planJob(job: Job, store: Pick<Store, "read">): Promise<PlannedJob> {
  const stored = await store.read(job.key);
  return {
    job,
    ...judge(stored),
    due: false,
    selected: false,
    replace: stored.state !== "missing",
    cost: costOf(job.spec),
  };
}

function collectDatasets(jobs: readonly PlannedJob[]): DatasetProvenance[] {
  const datasets = jobs.flatMap(({ job }) => job.datasets);
  return [...new Map(datasets.map((dataset) => [dataset.name, dataset])).values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}
