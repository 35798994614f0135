import { join } from "node:path";
import { cacheDirectory } from "../cache.ts";
import { createDataset, type Dataset, type DatasetName, type Datasets } from "./dataset.ts";
import { DownloadError, type DownloadEffects, realEffects } from "./download.ts";
import { openDrawn } from "./drawn.ts";
import { readCached, readGiven } from "./files.ts";
import { parseIdx } from "./idx.ts";
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

async function openDirectory(name: DatasetName, data: string, source: DatasetSource) {
  const { images, labels } = await readGiven(join(data, name), source);
  return createDataset(name, "directory", parseIdx(images, labels));
}

async function openCached(
  name: DatasetName,
  directory: string,
  source: DatasetSource,
  effects: DownloadEffects,
): Promise<Dataset> {
  const { images, labels, origin } = await readCached(directory, source, effects);
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
