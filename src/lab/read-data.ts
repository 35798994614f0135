import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { DownloadError } from "./datasets/download.ts";
import {
  completeOptions,
  createOrigins,
  type DataOptions,
  drawnOrigin,
  keptDirectory,
} from "./datasets/origin.ts";
import type { ReadData } from "./graph.ts";
import type { Data } from "./input.ts";
import { readCsv } from "./readers/csv.ts";
import { type DatasetSource, readDataset } from "./readers/dataset.ts";
import { readIdx } from "./readers/idx.ts";
import { type PicturesSource, readPictures } from "./readers/pictures.ts";

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function readFileData(path: string, kind: ReadData["kind"]): Promise<ReadData> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read: ${error.code ?? error.message}`, { cause: error });
  });
  if (!found.isFile()) throw new UserError(`${path} is no file`);
  return { sha256: await hashFile(path), kind, path, description: basename(path) };
}

/**
 * @returns the function that finds what a study wants to read, hashes it, and keeps what is not a
 * file as it is in the cache folder. It throws UserError naming what cannot be read.
 */
export function createDataReader(options: DataOptions = {}): (data: Data) => Promise<ReadData> {
  const complete = completeOptions(options);
  const kept = keptDirectory(complete);
  const originOf = createOrigins(complete);

  const readOrDraw = async (source: DatasetSource): Promise<ReadData> => {
    try {
      return await readDataset(source, kept, await originOf(source.name));
    } catch (error) {
      if (!(error instanceof DownloadError) || complete.standIn === "never") throw error;
      complete.effects.log(
        `${error.message}\n${source.name} is replaced by drawn stand-ins; ${error.hint}`,
      );
      return readDataset(source, kept, drawnOrigin(source.name));
    }
  };

  // `#lab/data` writes and checks the sources.
  const readers: Record<string, (source: never) => Promise<ReadData>> = {
    file: ({ path }: { path: string }) => readFileData(path, "file"),
    npz: ({ path }: { path: string }) => readFileData(path, "arrays"),
    idx: (source: Parameters<typeof readIdx>[0]) => readIdx(source, kept),
    csv: (source: Parameters<typeof readCsv>[0]) => readCsv(source, kept),
    pictures: (source: PicturesSource) => readPictures(source, kept),
    dataset: readOrDraw,
  };
  return ({ source: { reader, ...rest } }) => {
    const read = readers[reader];
    if (read) return read(rest as never);
    const meant = nearest(reader, Object.keys(readers));
    throw new UserError(`no reader of data is called “${reader}”`, {
      hint: meant ? `did you mean “${meant}”?` : `known: ${Object.keys(readers).join(", ")}`,
    });
  };
}
