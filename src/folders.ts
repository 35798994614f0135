import { realpathSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UserError } from "./error.ts";

export interface Folders {
  /** Read only. */
  experiments: string;
  /** The store of results. */
  results: string;
  /** Static files of the site; its subfolder runs/ is laid out anew. */
  public: string;
  /** The built site, replaced as a whole. */
  dist: string;
}

const variables: Record<keyof Folders, string> = {
  experiments: "VITRINE_EXPERIMENTS",
  results: "VITRINE_RESULTS",
  public: "VITRINE_PUBLIC",
  dist: "VITRINE_DIST",
};

/** Folders of the project that nothing may be written to, whatever a variable says. */
const sources = [
  ".ci",
  ".git",
  "bench",
  "docs",
  "node_modules",
  "scripts",
  "src",
  "templates",
  "test",
];

/** Absolute, through all links of the part that exists. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    return join(realPath(dirname(path)), basename(path));
  }
}

/** Whether a folder is another or lies within it. */
const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

function refuseSources(name: keyof Folders, path: string, root: string): void {
  if (isWithin(root, path)) {
    throw new UserError(`${variables[name]} is ${path}, which holds the whole project`, {
      hint: `name a folder of its own; the default is ${name}`,
    });
  }
  const source = sources.find((folder) => isWithin(path, join(root, folder)));
  if (source !== undefined) {
    throw new UserError(`${variables[name]} is ${path}, within the project's own ${source}/`, {
      hint: `name a folder that holds nothing else; the default is ${name}`,
    });
  }
}

function refuseOverlaps(folders: Folders, names: readonly (keyof Folders)[]): void {
  for (const inner of names) {
    const outer = names.find((name) => name !== inner && isWithin(folders[inner], folders[name]));
    if (outer === undefined) continue;
    const [what, where] = [inner, outer].map((name) => `${variables[name]} (${folders[name]})`);
    throw new UserError(`${what} lies in ${where}`, {
      hint: "give each a folder of its own, none within another",
    });
  }
}

/**
 * All folders, as the environment sets them or by default, absolute and without links.
 * @param root folder of the project, which relative folders start from.
 * @throws UserError where one is or holds the project, lies in its sources, or overlaps another.
 */
export function readFolders(env: NodeJS.ProcessEnv, root = process.cwd()): Folders {
  const project = realPath(root);
  const names = Object.keys(variables) as (keyof Folders)[];
  const folders = Object.fromEntries(
    names.map((name) => [name, realPath(resolve(project, env[variables[name]] || name))]),
  ) as unknown as Folders;
  for (const name of names) {
    if (name !== "experiments") refuseSources(name, folders[name], project);
  }
  refuseOverlaps(folders, names);
  return folders;
}

/** The file by which a folder is known to be ours, so that it may be replaced or deleted. */
export const markerName = ".vitrine";

/** Marks a folder that exists. */
export const markFolder = (path: string): Promise<void> =>
  writeFile(join(path, markerName), "Made by Vitrine, which may replace or delete this folder.\n");

/**
 * Asks whether a folder may be written to and deleted: it is missing, empty or marked.
 * @param isOurs tells by the names in it whether a folder without the mark is ours all the same.
 * @throws UserError where it holds what others put there, or is no folder.
 */
export async function assertOurs(
  path: string,
  isOurs: (names: string[]) => boolean = () => false,
): Promise<void> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw new UserError(`${path} cannot be read as a folder: ${error.message}`, { cause: error });
  });
  if (names.length === 0 || names.includes(markerName) || isOurs(names)) return;
  throw new UserError(`${path} holds files that Vitrine may not have made and would overwrite`, {
    hint: `empty it or name another folder; if it is Vitrine's: touch ${join(path, markerName)}`,
  });
}
