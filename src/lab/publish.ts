import { constants, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeStale, replaceDirectory, temporaryName } from "./atomic.ts";
import type { Plan, PlannedJob } from "./plan.ts";
import { type RunIndex, type RunRecord, schemaVersion } from "./record.ts";
import type { Store } from "./store/store.ts";

/** Files that lie on the site only where an experiment of the run asks for them. */
const gatedFiles: Record<string, "layers" | "weights"> = {
  "layers.png": "layers",
  "model.onnx": "weights",
};

const toJson = (value: unknown): string => JSON.stringify(value, null, 1) + "\n";

function describeExperiments(plan: Plan): RunIndex["experiments"] {
  const jobs = new Map(plan.jobs.map((planned) => [planned.job.key, planned]));
  return plan.experiments.map(({ id, title, runs }) => ({
    id,
    title,
    runs: runs.map(({ name, key, spec }) => {
      const { status, reason, record } = jobs.get(key)!;
      return {
        name,
        key: record ? key : null,
        status: status === "fresh" ? "done" : status,
        reason,
        spec,
      };
    }),
  }));
}

async function publishRun(
  record: RunRecord,
  granted: ReadonlySet<string>,
  from: string,
  to: string,
): Promise<void> {
  await mkdir(to, { recursive: true });
  const files = Object.fromEntries(
    Object.entries(record.files).filter(([name]) => {
      const gate = gatedFiles[name];
      return gate === undefined || granted.has(gate);
    }),
  );
  for (const name of Object.keys(files)) {
    await copyFile(join(from, name), join(to, name), constants.COPYFILE_FICLONE);
  }
  await writeFile(join(to, "run.json"), toJson({ ...record, files }));
}

/** What the experiments that share a run ask to be published beside its record and pictures. */
function grantedFor({ job }: PlannedJob, plan: Plan): Set<string> {
  return new Set(
    plan.experiments
      .filter(({ runs }) => runs.some(({ key }) => key === job.key))
      .flatMap(({ publish }) => publish),
  );
}

/**
 * Lays out <public>/runs/ anew: index.json and exactly the runs that a plan's experiments refer to
 * and that have a result. The old folder stays until the new one is complete.
 */
export async function publish(
  plan: Plan,
  store: Pick<Store, "path">,
  publicDirectory: string,
): Promise<RunIndex> {
  await mkdir(publicDirectory, { recursive: true });
  await removeStale(publicDirectory);
  const index: RunIndex = {
    schema: schemaVersion,
    profile: plan.profile,
    engine: plan.engine,
    datasets: plan.datasets,
    experiments: describeExperiments(plan),
  };
  const temporary = join(publicDirectory, temporaryName());
  await mkdir(temporary);
  try {
    for (const planned of plan.jobs) {
      const { job, record } = planned;
      if (!record) continue;
      await publishRun(
        record,
        grantedFor(planned, plan),
        store.path(job.key),
        join(temporary, job.key),
      );
    }
    await writeFile(join(temporary, "index.json"), toJson(index));
    await replaceDirectory(temporary, join(publicDirectory, "runs"));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return index;
}
