import { link, lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { maybeMissing } from "./disk.ts";

/** The folder of a run as it was laid out for pages. */
export interface LaidOutRun {
  /** Digest of all that its files were made of. */
  made: string;
  /** How each file looks without being read, by name. */
  looks: Record<string, string>;
}

/** Runs in a folder for pages, by key. */
export type Layout = Record<string, LaidOutRun>;

const fileName = ".layout.json";

/** What a write to a file changes, and a further name of it does not. */
async function lookAt(path: string): Promise<string> {
  const { size, mtimeNs, ino } = await lstat(path, { bigint: true });
  return [size, mtimeNs, ino].join(" ");
}

/** Looks at the files of a run after they were written. */
export async function describeRun(folder: string, made: string): Promise<LaidOutRun> {
  const names = (await readdir(folder)).sort();
  const looks = names.map(async (name) => [name, await lookAt(join(folder, name))] as const);
  return { made, looks: Object.fromEntries(await Promise.all(looks)) };
}

/**
 * Gives the files of a run second names in another folder.
 * @returns whether they still look as they did; where not, nothing is left there.
 */
export async function reuseRun({ looks }: LaidOutRun, from: string, to: string): Promise<boolean> {
  const reuse = async ([name, look]: [string, string]): Promise<boolean> => {
    await link(join(from, name), join(to, name));
    // Asked of the new name: another build may put other files under the old one at any time.
    return (await lookAt(join(to, name))) === look;
  };
  await mkdir(to);
  // Some disks know no second names.
  const reused = await Promise.all(Object.entries(looks).map(reuse)).catch(() => [false]);
  if (reused.every(Boolean)) return true;
  await rm(to, { recursive: true });
  return false;
}

export const writeLayout = (folder: string, layout: Layout): Promise<void> =>
  writeFile(join(folder, fileName), JSON.stringify(layout));

/** How runs in a folder were laid out; one without its own list of them holds none. */
export async function readLayout(folder: string): Promise<Layout> {
  const text = await maybeMissing(join(folder, fileName), (path) => readFile(path, "utf8"));
  try {
    return (JSON.parse(text ?? "{}") ?? {}) as Layout;
  } catch {
    return {};
  }
}
