import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { UserError } from "../error.ts";
import { findMistakes } from "./bundle.ts";
import { checkStudy } from "./declaration.ts";
import type { Profile, Study, StudyModule } from "./study.ts";

/** A study with the name of its folder. */
export interface NamedStudy extends Study {
  id: string;
  /** Of one that was loaded: its study.ts, e.g. "experiments/shapes/study.ts". */
  file?: string;
}

const nameOf = (path: string): string => relative(process.cwd(), path);

/** The innermost line of a study that an error comes from, e.g. "experiments/shapes/tasks.ts:3:20". */
function placeOf(stack: string, folder: string): string | null {
  for (const [, place, at] of stack.matchAll(/(?:^| \(?)(\S+?)((?::\d+){1,2})\)?$/gm)) {
    const path = place!.startsWith("file:") ? fileURLToPath(place!) : place!;
    if (path.startsWith(join(folder, sep))) return nameOf(path) + at!;
  }
  return null;
}

/** A failure of a study's own code, told with its place. */
async function explainFailure(error: unknown, path: string, folder: string): Promise<UserError> {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const place = placeOf(stack ?? "", folder);
  const where = place ?? nameOf(path);
  if (error instanceof UserError) {
    error.message = `${where}: ${message}`;
    return error;
  }
  const mistakes = place === null || error instanceof SyntaxError ? await findMistakes(path) : null;
  return new UserError(mistakes ?? `${where}: ${message}`, { cause: error });
}

/** Does something with a study's own code, which may end the process: that would look like work done. */
async function guarded<T>(file: string, act: () => Promise<T>): Promise<T> {
  const guard = (): void => {
    process.exitCode = 1;
    console.error(`error: ${file} ends the process while it is loaded`);
  };
  process.once("exit", guard);
  try {
    return await act();
  } finally {
    process.off("exit", guard);
  }
}

async function loadStudy(folder: string, id: string, profile: Profile): Promise<NamedStudy> {
  const path = join(folder, id, "study.ts");
  const file = nameOf(path);
  const declare = async (): Promise<Study | null> => {
    const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as {
      default?: StudyModule;
    };
    return typeof module.default === "function" ? module.default(profile) : null;
  };
  const study = await guarded(file, declare).catch(async (error: unknown) => {
    throw await explainFailure(error, path, folder);
  });
  if (study === null) {
    throw new UserError(`${file} does not export a study by default`, {
      hint: "write `export default defineStudy(() => ({ title, tables }))`",
    });
  }
  checkStudy(study, file);
  return { id, file, ...study };
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
  const studies: NamedStudy[] = [];
  // One by one: what ends the process is the one that is being loaded.
  for (const id of ids.sort()) studies.push(await loadStudy(folder, id, profile));
  return studies;
}
