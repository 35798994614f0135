import { availableParallelism, cpus } from "node:os";
import { estimateBiasVariance } from "./measures/bias-variance.ts";
import { countParameters, createModel } from "./models/model.ts";
import {
  type Job,
  type Progress,
  type RunOutput,
  schemaVersion,
  type TaskRecord,
} from "./record.ts";

/** What a task yields: its part of the record, its files, and who computed. */
export interface TaskOutput {
  record: TaskRecord;
  files: Record<string, Uint8Array>;
  engine: string;
  versions: Record<string, string>;
}

function pure(record: TaskRecord): TaskOutput {
  return { record, files: {}, engine: "none", versions: { node: process.versions.node } };
}

async function perform(job: Job, report: (progress: Progress) => void): Promise<TaskOutput> {
  const { spec } = job;
  switch (spec.task) {
    case "train": {
      // Only training pays for loading TF.js and an engine.
      const { train } = await import("./train.ts");
      return train(job, spec, report);
    }
    case "parameters": {
      const counts = spec.models.map((model) => ({
        model,
        parameters: countParameters(createModel(model)),
      }));
      return pure({ task: "parameters", counts });
    }
    case "bias-variance":
      return pure(estimateBiasVariance(spec));
  }
}

/**
 * Performs one run and says where it came from. No files are written; the store does that.
 * @throws UserError where the engine is missing; a run that diverges is a result, not an error.
 */
export async function run(job: Job, report: (progress: Progress) => void): Promise<RunOutput> {
  const started = new Date();
  const { record, files, engine, versions } = await perform(job, report);
  const provenance = {
    engine,
    versions,
    datasets: job.datasets,
    codeHash: job.codeHash,
    seed: "seed" in job.spec ? job.spec.seed : null,
    started: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    threads: job.threads,
    cpu: `${cpus()[0]?.model.trim() ?? process.arch} × ${availableParallelism()}`,
  };
  return {
    record: { ...record, schema: schemaVersion, key: job.key, spec: job.spec, provenance },
    files,
  };
}
