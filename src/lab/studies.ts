import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../error.ts";
import type { Profile, Study, StudyModule } from "./study.ts";

/** A study with the name of its folder. */
export interface NamedStudy extends Study {
  id: string;
}

async function loadStudy(folder: string, id: string, profile: Profile): Promise<NamedStudy> {
  const path = join(folder, id, "study.ts");
  const where = relative(process.cwd(), path);
  let module: { default?: StudyModule };
  // A study that ends the process would look like a build that has done its work.
  const guard = (): void => {
    process.exitCode = 1;
    console.error(`error: ${where} ends the process while it is loaded`);
  };
  process.once("exit", guard);
  try {
    module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as typeof module;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${where} cannot be loaded: ${reason}`, { cause: error });
  } finally {
    process.off("exit", guard);
  }
  if (typeof module.default !== "function") {
    throw new UserError(`${where} does not export a study by default`, {
      hint: "write `export default defineStudy(() => ({ title, tables }))`",
    });
  }
  try {
    return { id, ...module.default(profile) };
  } catch (error) {
    if (error instanceof UserError) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

/**
 * All studies of a folder, by name.
 * @throws UserError where the folder is missing or holds none, or a study.ts holds no valid study.
 */
export async function loadStudies(folder: string, profile: Profile): Promise<NamedStudy[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (!entries) {
    throw new UserError(`the folder of experiments ${folder} does not exist`, {
      hint: "VITRINE_EXPERIMENTS names another folder; the default is experiments/",
    });
  }
  const ids: string[] = [];
  for (const entry of entries.filter((entry) => entry.isDirectory())) {
    if ((await readdir(join(folder, entry.name))).includes("study.ts")) ids.push(entry.name);
  }
  if (ids.length === 0) {
    throw new UserError(`the folder of experiments ${folder} holds no study`, {
      hint: "a study is a folder with a study.ts",
    });
  }
  return Promise.all(ids.sort().map((id) => loadStudy(folder, id, profile)));
}
