import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

const dayMs = 24 * 60 * 60 * 1000;

/** A name beside the final one that tells who writes, e.g. ".tmp-4711-5f3a9c0e-build-host". */
export const temporaryName = (): string =>
  `.tmp-${process.pid}-${randomBytes(4).toString("hex")}-${hostname()}`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isStale(path: string): Promise<boolean> {
  const [, pid, host] = /^\.tmp-(\d+)-[0-9a-f]{8}-(.*)$/.exec(basename(path)) ?? [];
  if (pid === undefined) return false;
  if (host === hostname() && !isAlive(Number(pid))) return true;
  // Another host's process cannot be asked, and process ids are given out again.
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > dayMs;
}

/** Removes what writers that are dead left in a folder; a folder that does not exist holds none. */
export async function removeStale(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const path = join(directory, name);
    if (await isStale(path).catch(() => false)) await rm(path, { recursive: true, force: true });
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

/** Writes a file, creating its folder: readers see the old bytes or the new, never a part of them. */
export async function writeAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, temporaryName());
  await mkdir(directory, { recursive: true });
  try {
    await writeDurable(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Puts a finished folder in the place of another, which is deleted if it exists. */
export async function replaceDirectory(finished: string, target: string): Promise<void> {
  const old = join(dirname(finished), temporaryName());
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(finished, target);
  await rm(old, { recursive: true, force: true });
}
