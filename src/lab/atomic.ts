import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { maybeMissing } from "./disk.ts";
import { asideName, judgeWriter, parseName, temporaryName } from "./writer.ts";

export { temporaryName } from "./writer.ts";

const dayMs = 24 * 60 * 60 * 1000;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Makes the names in a folder last: a rename is on the disk only when its folder is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } catch (error) {
    // Some file systems, and Windows, cannot.
    if (codeOf(error) !== "EINVAL" && codeOf(error) !== "EPERM") throw error;
  } finally {
    await directory.close();
  }
}

/** Writes a file whose bytes are on the disk when the promise resolves; not atomic by itself. */
export async function writeDurable(path: string, bytes: Uint8Array | string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a file: readers see the old bytes or the new, never a part of them. */
export async function writeAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), temporaryName());
  try {
    await writeDurable(temporary, bytes);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Renames a file or folder; what is not there stays so. @returns whether it was there. */
async function moveIfThere(from: string, to: string): Promise<boolean> {
  return (await maybeMissing(from, () => rename(from, to).then(() => true))) ?? false;
}

/** Deletes a file or folder at once for all who look for its name; one that is not there is none. */
async function discard(path: string): Promise<void> {
  const doomed = join(dirname(path), temporaryName());
  if (await moveIfThere(path, doomed)) await rm(doomed, { recursive: true, force: true });
}

/** Codes of a rename to a name that is taken. */
const occupied = ["ENOTEMPTY", "EEXIST", "ENOTDIR", "EISDIR"];

/** Gives what was set aside its name again, or deletes it where something took its place. */
async function putBack(aside: string, target: string): Promise<void> {
  try {
    await moveIfThere(aside, target);
  } catch (error) {
    if (!occupied.includes(codeOf(error)!)) throw error;
    await discard(aside);
  }
}

/** How often a name may be taken by others who replace the same folder. */
const attempts = 10;

/**
 * Puts a finished folder in the place of another beside it, which is deleted if it exists. Whenever
 * this stops, removeStale() finds the new folder in its place, or the old one and puts it back.
 */
export async function replaceDirectory(finished: string, target: string): Promise<void> {
  await syncDirectory(finished);
  for (let attempt = 1; ; attempt++) {
    const aside = join(dirname(target), asideName(basename(target)));
    const replaces = await moveIfThere(target, aside);
    try {
      await rename(finished, target);
    } catch (error) {
      // Where not even this succeeds, removeStale() puts it back after this process.
      if (replaces) await putBack(aside, target).catch(() => {});
      if (attempt < attempts && occupied.includes(codeOf(error)!)) continue;
      throw error;
    }
    await syncDirectory(dirname(target));
    if (replaces) await discard(aside);
    return;
  }
}

async function isStale(path: string): Promise<boolean> {
  const { writer } = parseName(basename(path))!;
  const state = judgeWriter(writer);
  if (state !== "unknown") return state === "dead";
  const found = await maybeMissing(path, (there) => stat(there));
  return found !== null && Date.now() - found.mtimeMs > dayMs;
}

/**
 * Clears up after writers that are dead: what they set aside is put back where nothing took its
 * place, and the rest is deleted. A folder that does not exist holds nothing of theirs.
 */
export async function removeStale(directory: string): Promise<void> {
  for (const name of (await maybeMissing(directory, (there) => readdir(there))) ?? []) {
    const made = parseName(name);
    const path = join(directory, name);
    if (!made || !(await isStale(path))) continue;
    if (made.target !== null) await putBack(path, join(directory, made.target));
    else await rm(path, { recursive: true, force: true });
  }
}
