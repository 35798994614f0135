import { access, constants, mkdir, rmdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { formatBytes } from "./format.ts";
import { temporaryName } from "./writer.ts";

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

/** The answer about a path, or null where nothing is there; that it cannot be read is no answer. */
export async function maybeMissing<T>(
  path: string,
  ask: (path: string) => Promise<T>,
): Promise<T | null> {
  try {
    return await ask(path);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return null;
    throw error;
  }
}

const hints: Record<string, string> = {
  EACCES: "it belongs to somebody else: change its permissions, or name another folder",
  EPERM: "it belongs to somebody else: change its permissions, or name another folder",
  EROFS: "its disk can only be read: name another folder",
  ENOSPC: "make room on its disk, or name another folder",
  EDQUOT: "make room on its disk, or name another folder",
};

/**
 * Does something with a folder.
 * @param what completes "cannot …" with the path that failed, e.g. "read".
 * @param hint where another folder cannot be named.
 * @throws UserError naming the path where the system refuses; other errors as they are.
 */
export async function onDisk<T>(
  what: string,
  path: string,
  act: () => Promise<T>,
  hint?: string,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const [why] = error.message.split(",");
    throw new UserError(`cannot ${what} ${error.path ?? path}: ${why}`, {
      hint: hint ?? hints[error.code!] ?? "nothing was deleted; see whether the disk is sound",
      cause: error,
    });
  }
}

/**
 * Creates a folder where it is missing, and asks the disk whether so much can be written to it.
 * @throws UserError naming the folder.
 */
export async function prepareFolder(path: string, neededBytes: number): Promise<void> {
  await onDisk("write to", path, async () => {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
    // Quotas and servers have the last word.
    const probe = join(path, temporaryName());
    await mkdir(probe);
    await rmdir(probe);
    const { bavail, bsize } = await statfs(path);
    if (bavail * bsize >= neededBytes) return;
    throw new UserError(
      `${path} may need ${formatBytes(neededBytes)}, its disk has ${formatBytes(bavail * bsize)} left`,
      { hint: hints["ENOSPC"]! },
    );
  });
}
