import { readdir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../error.ts";
import { maybeMissing, onDisk } from "./disk.ts";
import type { Experiment } from "./experiment.ts";

const isExperiment = (value: unknown): value is Experiment =>
  typeof value === "object" && value !== null && "id" in value && "runs" in value;

async function loadExperiment(path: string): Promise<Experiment> {
  const where = relative(process.cwd(), path);
  let module: { default?: unknown };
  try {
    module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as typeof module;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${where} cannot be loaded: ${reason}`, { cause: error });
  }
  const experiment = module.default;
  if (!isExperiment(experiment)) {
    throw new UserError(`${where} does not export an experiment by default`, {
      hint: "write `export default defineExperiment(…)`",
    });
  }
  const id = basename(path, ".ts");
  if (experiment.id !== id) {
    throw new UserError(`${where} declares the experiment “${experiment.id}”, expected “${id}”`, {
      hint: "an experiment has the id of its file",
    });
  }
  return experiment;
}

/**
 * All experiments of a folder, by id.
 * @throws UserError where the folder is missing or empty, or a file holds no valid experiment.
 */
export async function loadExperiments(directory: string): Promise<Experiment[]> {
  const names = await onDisk("read", directory, () =>
    maybeMissing(directory, (there) => readdir(there)),
  );
  if (!names) {
    throw new UserError(`the folder of experiments ${directory} does not exist`, {
      hint: "VITRINE_EXPERIMENTS names another folder; the default is experiments/",
    });
  }
  const files = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts")).sort();
  if (files.length === 0) {
    throw new UserError(`the folder of experiments ${directory} holds no .ts file`, {
      hint: "each file declares one experiment; see src/lab/experiment.ts",
    });
  }
  return Promise.all(files.map((name) => loadExperiment(join(directory, name))));
}
