import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../error.ts";
import type { DatasetProvenance } from "../record.ts";
import { download, type DownloadEffects } from "./download.ts";
import { openDrawn } from "./drawn.ts";
import { parseIdx } from "./idx.ts";
import { type DatasetName, type DatasetSource, sources } from "./sources.ts";

export type { DatasetName } from "./sources.ts";

export interface Dataset {
  provenance: DatasetProvenance;
  /** The picture of a class by rank: [784], 0–255. @throws UserError past the last one. */
  pick(label: number, rank: number): Uint8Array;
}

export type Datasets = Partial<Record<DatasetName, Dataset>>;

export interface DatasetOptions {
  /** Folder with mnist/ and fashion-mnist/, or "drawn" for the stand-in; default VITRINE_DATA. */
  data?: string;
  /** Default VITRINE_CACHE, else the user's cache folder. */
  cacheDirectory?: string;
  effects?: DownloadEffects;
  sources?: Record<DatasetName, DatasetSource>;
}

const realEffects: DownloadEffects = {
  fetch: (...args) => fetch(...args),
  log: (message) => console.error(message),
  timeoutMs: 60_000,
};

const defaultCache = () =>
  process.env["VITRINE_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "vitrine");

/** A file as it is named, or without its .gz. */
async function readEither(directory: string, name: string): Promise<[string, Uint8Array]> {
  for (const candidate of [name, name.replace(/\.gz$/, "")]) {
    const path = join(directory, candidate);
    try {
      return [path, await readFile(path)];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new UserError(`${join(directory, name)}: expected an IDX file, found none`, {
    hint: "VITRINE_DATA or --data names a folder with mnist/ and fashion-mnist/; unset it to download",
  });
}

/** Opens the two files of a data set in a folder, checked by structure. */
async function openFiles(
  name: DatasetName,
  directory: string,
  source: DatasetSource,
  origin: DatasetProvenance["source"],
): Promise<Dataset> {
  const [imageFile, imageBytes] = await readEither(directory, source.images.name);
  const [labelFile, labelBytes] = await readEither(directory, source.labels.name);
  const images = parseIdx(imageBytes, imageFile, [null, 28, 28]);
  const labels = parseIdx(labelBytes, labelFile, [null]);
  if (images.shape[0] !== labels.shape[0]) {
    throw new UserError(
      `${labelFile}: expected ${images.shape[0]} labels, as many as pictures in ${imageFile}, ` +
        `found ${labels.shape[0]}`,
      { hint: "both files must come from the same set" },
    );
  }
  const sha256 = createHash("sha256").update(images.data).digest("hex");
  return {
    provenance: { name, source: origin, sha256 },
    pick(label, rank) {
      const indices = [...labels.data.keys()].filter((i) => labels.data[i] === label);
      const index = indices[rank];
      if (index === undefined) {
        throw new UserError(
          `${name}: expected a picture of class ${label} at rank ${rank}, found ${indices.length} of it`,
          { hint: "ranks count from 0; use a smaller rank or a larger file" },
        );
      }
      return images.data.subarray(index * 784, (index + 1) * 784);
    },
  };
}

async function openCached(
  name: DatasetName,
  cache: string,
  source: DatasetSource,
  effects: DownloadEffects,
): Promise<Dataset> {
  const directory = join(cache, name);
  let origin: DatasetProvenance["source"] = "cache";
  for (const file of [source.images, source.labels]) {
    const target = join(directory, file.name);
    if (await access(target).then(() => true, () => false)) continue;
    origin = "download";
    const urls = source.mirrors.map((mirror) => mirror + file.name);
    await download(target, urls, file.checksum, effects);
  }
  return openFiles(name, directory, source, origin);
}

/**
 * Opens data sets: from the given folder, else the cache, else the network. Where neither has them,
 * all are the drawn stand-in, and a line says so.
 * @throws UserError where a given folder lacks a file or holds a bad one.
 */
export async function openDatasets(
  names: DatasetName[],
  options: DatasetOptions = {},
): Promise<Datasets> {
  const data = options.data ?? process.env["VITRINE_DATA"];
  const effects = options.effects ?? realEffects;
  const known = options.sources ?? sources;
  const open = async (one: (name: DatasetName) => Promise<Dataset>): Promise<Datasets> =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await one(name)] as const)),
    );
  if (data === "drawn") return open(openDrawn);
  if (data) return open((name) => openFiles(name, join(data, name), known[name], "directory"));
  const cache = options.cacheDirectory ?? defaultCache();
  try {
    return await open((name) => openCached(name, cache, known[name], effects));
  } catch (error) {
    if (!(error instanceof UserError) || !error.message.startsWith("no mirror")) throw error;
    effects.log(`${error.message}\nusing drawn stand-ins for all data; ${error.hint}`);
    return open(openDrawn);
  }
}
