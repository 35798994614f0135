import { constants, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { assertOurs, markFolder } from "../folders.ts";
import { removeStale, replaceDirectory, temporaryName } from "./atomic.ts";
import { onDisk, prepareFolder } from "./disk.ts";
import type { Plan, PlannedJob } from "./plan.ts";
import { formatReason } from "./reason.ts";
import { type RunIndex, type RunRecord, schemaVersion } from "./record.ts";
import { checksum, isPlainName, type Store } from "./store/store.ts";

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
        reason: reason && formatReason(reason),
        spec,
      };
    }),
  }));
}

/** Copies a file of a run and compares the copy with the checksum. */
async function copyFileOf(
  { files }: Pick<RunRecord, "files">,
  name: string,
  from: string,
  to: string,
): Promise<void> {
  const hint = "run the same command again: what is damaged is trained anew";
  if (!isPlainName(name)) {
    throw new UserError(`${from}: run.json names a file “${name}”, which is no plain name`, {
      hint,
    });
  }
  await copyFile(join(from, name), join(to, name), constants.COPYFILE_FICLONE);
  if (checksum(await readFile(join(to, name))) === files[name]!.sha256) return;
  throw new UserError(`${join(from, name)} does not match its checksum, nothing is published`, {
    hint,
  });
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
    await copyFileOf(record, name, from, to);
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
 * Makes sure, before hours of training, that runs can be published.
 * @param neededBytes that the runs may take.
 * @throws UserError where <public>/runs/ is somebody else's, or the disk refuses.
 */
export async function preparePublic(publicDirectory: string, neededBytes: number): Promise<void> {
  await prepareFolder(publicDirectory, neededBytes);
  await removeStale(publicDirectory);
  await assertOurs(join(publicDirectory, "runs"));
}

async function layOut(plan: Plan, store: Pick<Store, "path">, directory: string): Promise<void> {
  for (const planned of plan.jobs) {
    const { job, record } = planned;
    if (!record) continue;
    const granted = grantedFor(planned, plan);
    await publishRun(record, granted, store.path(job.key), join(directory, job.key));
  }
}

/**
 * Lays out <public>/runs/ anew: index.json and exactly the runs that a plan's experiments refer to
 * and that have a result. The old folder stays until the new one is complete.
 * @throws UserError where a file is not what its record says, or the disk refuses.
 */
export async function publish(
  plan: Plan,
  store: Pick<Store, "path">,
  publicDirectory: string,
): Promise<RunIndex> {
  await preparePublic(publicDirectory, 0);
  const index: RunIndex = {
    schema: schemaVersion,
    profile: plan.profile,
    engine: plan.engine,
    datasets: plan.datasets,
    experiments: describeExperiments(plan),
  };
  const temporary = join(publicDirectory, temporaryName());
  await onDisk("publish", publicDirectory, async () => {
    try {
      await mkdir(temporary);
      await markFolder(temporary);
      await layOut(plan, store, temporary);
      await writeFile(join(temporary, "index.json"), toJson(index));
      await replaceDirectory(temporary, join(publicDirectory, "runs"));
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
  return index;
}
