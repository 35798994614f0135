import { randomBytes } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const freeName = (name: string) => `.part-${name}`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * A path for the part of a file, written by nobody else: what an earlier download left becomes
 * ours by renaming it, so that of two processes only one continues it.
 */
export async function claimPart(directory: string, name: string): Promise<string> {
  const own = join(directory, `.part-${process.pid}-${randomBytes(4).toString("hex")}-${name}`);
  const abandoned = (await readdir(directory)).filter((entry) => {
    if (entry === freeName(name)) return true;
    const [, pid, rest] = /^\.part-(\d+)-[0-9a-f]{8}-(.*)$/.exec(entry) ?? [];
    return rest === name && !isAlive(Number(pid));
  });
  for (const entry of abandoned) {
    const claimed = await rename(join(directory, entry), own).then(
      () => true,
      () => false, // another process was first
    );
    if (claimed) break;
  }
  return own;
}

/** Leaves what there is of a file to the next download. */
export async function releasePart(own: string, directory: string, name: string): Promise<void> {
  await rename(own, join(directory, freeName(name))).catch(() => rm(own, { force: true }));
}
