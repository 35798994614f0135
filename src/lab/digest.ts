import { createHash, type Hash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { maybeMissing } from "./disk.ts";

/** SHA-256 of bytes or of a text, hexadecimal. */
export const checksum = (content: Uint8Array | string): string =>
  createHash("sha256").update(content).digest("hex");

/** @param around folders that hold this path, through all links: a loop of links ends there. */
async function add(
  hash: Hash,
  path: string,
  skip: (path: string) => boolean,
  around: readonly string[],
): Promise<void> {
  const found = await maybeMissing(path, (there) => stat(there));
  if (found?.isFile()) {
    hash.update(`\0${path}\0${found.size}\0`).update(await readFile(path));
  }
  if (!found?.isDirectory()) return;
  const real = await realpath(path);
  if (around.includes(real)) return;
  for (const name of (await readdir(path)).sort()) {
    const inner = join(path, name);
    if (!skip(inner)) await add(hash, inner, skip, [...around, real]);
  }
}

/**
 * Digest of the names and contents of files and of all files in folders; what is not there is
 * nothing.
 * @param skip leaves out files and folders.
 */
export async function digestFiles(
  paths: readonly string[],
  skip: (path: string) => boolean = () => false,
): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) await add(hash, path, skip, []);
  return hash.digest("hex");
}
