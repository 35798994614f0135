import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../error.ts";
import type { ReadData } from "./graph.ts";
import type { Data } from "./input.ts";

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

type Reader = (source: Record<string, unknown>) => Promise<ReadData>;

const readers: Record<string, Reader> = {
  file: ({ path }) => readFileData(path as string, "file"),
  npz: ({ path }) => readFileData(path as string, "arrays"),
};

/**
 * Finds what a study wants to read, and hashes it.
 * @throws UserError naming what cannot be read.
 */
export function readData({ source }: Data): Promise<ReadData> {
  const { reader, ...rest } = source;
  const read = readers[reader];
  if (!read) throw new UserError(`no reader of data is called “${reader}”`);
  return read(rest);
}
