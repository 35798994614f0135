import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../error.ts";
import { cacheDirectory } from "../cache.ts";
import { createDataset, type Dataset, type DatasetName, type Datasets } from "./dataset.ts";
import { download, DownloadError, type DownloadEffects, realEffects } from "./download.ts";
import { openDrawn } from "./drawn.ts";
import { type IdxFile, parseIdx } from "./idx.ts";
import { type DatasetSource, sources } from "./sources.ts";

export type { Dataset, DatasetName, Datasets } from "./dataset.ts";

export interface DatasetOptions {
  /** Folder with mnist/ and fashion-mnist/, or "drawn" for the stand-in; default VITRINE_DATA. */
  data?: string;
  /** Whether drawn pictures may take the place of files that cannot be had; default "allow". */
  standIn?: "allow" | "never" | "only";
  /** Default VITRINE_CACHE, else vitrine/ in the user's cache folder. */
  cacheDirectory?: string;
  effects?: DownloadEffects;
  /** Where data sets are downloaded from. */
  sources?: Record<DatasetName, DatasetSource>;
}

/** The bytes of a file; null where there is none. */
async function readMaybe(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new UserError(`${path} cannot be read: ${message}`, { cause: error });
  }
}

/** A file as named, or unpacked without its .gz. @throws UserError where there is neither. */
async function readGiven(directory: string, name: string): Promise<IdxFile> {
  const packed = join(directory, name);
  for (const path of [packed, packed.replace(/\.gz$/, "")]) {
    const bytes = await readMaybe(path);
    if (bytes) return { name: path, bytes };
  }
  throw new UserError(`${packed} does not exist, nor does it without .gz`, {
    hint:
      `--data and VITRINE_DATA name a folder in which ${join("mnist", name)} is found; ` +
      "without them the files are downloaded, and --data drawn uses drawn pictures",
  });
}

async function openDirectory(name: DatasetName, data: string, source: DatasetSource) {
  const directory = join(data, name);
  const images = await readGiven(directory, source.images.name);
  const labels = await readGiven(directory, source.labels.name);
  return createDataset(name, "directory", parseIdx(images, labels));
}

/** Reads the cache, or the network where it lacks a file or holds a damaged one. */
async function openCached(
  name: DatasetName,
  directory: string,
  source: DatasetSource,
  effects: DownloadEffects,
): Promise<Dataset> {
  let origin: "cache" | "download" = "cache";
  const read = async (file: DatasetSource["images"]): Promise<IdxFile> => {
    const path = join(directory, file.name);
    const cached = await readMaybe(path);
    if (cached && createHash("sha256").update(cached).digest("hex") === file.sha256) {
      return { name: path, bytes: cached };
    }
    if (cached) await rm(path, { force: true });
    origin = "download";
    const urls = source.mirrors.map((mirror) => mirror + file.name);
    await download({ ...file, urls, directory: dirname(path), effects });
    return { name: path, bytes: await readFile(path) };
  };
  const images = await read(source.images);
  const labels = await read(source.labels);
  return createDataset(name, origin, parseIdx(images, labels));
}

/** One after the other, so that the first that fails spares the others the attempt. */
async function openEach(
  names: readonly DatasetName[],
  open: (name: DatasetName) => Promise<Dataset>,
): Promise<Datasets> {
  const datasets: Datasets = {};
  for (const name of names) datasets[name] = await open(name);
  return datasets;
}

/**
 * Opens data sets: from the given folder, else the cache, else the network. Where none has them all,
 * every one is drawn, since a mixed page would confuse, and the log says so.
 * @throws UserError if a given folder lacks a file or holds a bad one, or stand-ins are not allowed.
 */
export async function openDatasets(
  names: readonly DatasetName[],
  options: DatasetOptions = {},
): Promise<Datasets> {
  const data = options.data ?? process.env["VITRINE_DATA"] ?? "";
  const effects = options.effects ?? realEffects;
  const known = options.sources ?? sources;
  const standIn = options.standIn ?? "allow";
  if (data === "drawn" || standIn === "only") return openEach(names, openDrawn);
  if (data) return openEach(names, (name) => openDirectory(name, data, known[name]));
  const cache = options.cacheDirectory ?? cacheDirectory();
  try {
    return await openEach(names, (name) =>
      openCached(name, join(cache, name), known[name], effects),
    );
  } catch (error) {
    if (!(error instanceof DownloadError) || standIn === "never") throw error;
    effects.log(`${error.message}\nall data are drawn stand-ins; ${error.hint}`);
    return openEach(names, openDrawn);
  }
}
