import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../error.ts";
import { download, type DownloadEffects } from "./download.ts";
import type { IdxFile } from "./idx.ts";
import type { DatasetSource } from "./sources.ts";

/** The two files of a part of a data set. */
export interface FilePair {
  images: IdxFile;
  labels: IdxFile;
}

/** A given folder lacks a file. */
export class MissingFile extends UserError {}

/** The bytes of a file; null where there is none. */
export async function readMaybe(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new UserError(`${path} cannot be read: ${message}`, { cause: error });
  }
}

async function readGivenFile(directory: string, name: string): Promise<IdxFile> {
  const packed = join(directory, name);
  for (const path of [packed, packed.replace(/\.gz$/, "")]) {
    const bytes = await readMaybe(path);
    if (bytes) return { name: path, bytes };
  }
  throw new MissingFile(`${packed} does not exist, nor does it without .gz`, {
    hint:
      `--data and VITRINE_DATA name a folder in which ${join("mnist", name)} is found; ` +
      "without them the files are downloaded, and --data drawn uses drawn pictures",
  });
}

/**
 * The files of a given folder, as named or unpacked without their .gz.
 * @throws MissingFile where there is neither.
 */
export async function readGiven(directory: string, source: DatasetSource): Promise<FilePair> {
  const images = await readGivenFile(directory, source.images.name);
  return { images, labels: await readGivenFile(directory, source.labels.name) };
}

/**
 * The files of the cache, or of the network where it lacks one or holds a damaged one.
 * @throws DownloadError where the network is needed and does not deliver.
 */
export async function readCached(
  directory: string,
  { mirrors, ...source }: DatasetSource,
  effects: DownloadEffects,
): Promise<FilePair & { origin: "cache" | "download" }> {
  let origin: "cache" | "download" = "cache";
  const read = async ({ name, sha256, bytes }: DatasetSource["images"]): Promise<IdxFile> => {
    const path = join(directory, name);
    const cached = await readMaybe(path);
    if (cached && createHash("sha256").update(cached).digest("hex") === sha256) {
      return { name: path, bytes: cached };
    }
    if (cached) await rm(path, { force: true });
    origin = "download";
    const urls = mirrors.map((mirror) => mirror + name);
    await download({ name, sha256, bytes, urls, directory, effects });
    return { name: path, bytes: await readFile(path) };
  };
  const images = await read(source.images);
  const labels = await read(source.labels);
  return { images, labels, origin };
}
