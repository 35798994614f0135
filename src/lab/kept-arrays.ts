import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { removeStale, writeAtomic } from "./atomic.ts";
import { writeNpz } from "./npz.ts";
import type { LabelledArray } from "./output.ts";
import { canonicalJson } from "./store/key.ts";

/** Arrays on the disk under the hash of what they hold. */
export interface KeptArrays {
  /** Of the NPZ file and the names after it, hexadecimal. */
  sha256: string;
  path: string;
  /** JSON of the names along dimensions, by array; absent where nothing is named. */
  labels?: string;
}

async function hashFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  }
  return hash.digest("hex");
}

const pathsOf = ({ path, labels }: KeptArrays): string[] =>
  labels === undefined ? [path] : [path, labels];

function keptAt(directory: string, sha256: string, named: boolean): KeptArrays {
  const kept = { sha256, path: join(directory, `${sha256}.npz`) };
  return named ? { ...kept, labels: join(directory, `${sha256}.labels.json`) } : kept;
}

const isWhole = (kept: KeptArrays): Promise<boolean> =>
  hashFiles(pathsOf(kept)).then(
    (found) => found === kept.sha256,
    () => false,
  );

/** What was made of which source is noted here. */
const notesIn = (directory: string): string => join(directory, "sources");

/** Runs what writes to a folder. @throws UserError for what the disk reports. */
async function writing<V>(directory: string, write: () => Promise<V>): Promise<V> {
  try {
    await mkdir(notesIn(directory), { recursive: true });
    return await write();
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== "string") throw error;
    throw new UserError(`${directory} cannot be written to: ${(error as Error).message}`, {
      hint: "set VITRINE_CACHE to a folder with room that you may write to",
      cause: error,
    });
  }
}

/**
 * Keeps arrays under the hash of what they hold; a whole copy that is there already stays.
 * @throws UserError where the folder cannot be written to.
 */
async function keepArrays(
  directory: string,
  arrays: Readonly<Record<string, LabelledArray>>,
): Promise<KeptArrays> {
  const names = Object.entries(arrays)
    .filter(([, { labels }]) => labels)
    .map(([name, { labels }]) => [name, labels] as const);
  const text = names.length > 0 ? JSON.stringify(Object.fromEntries(names)) : "";
  const bytes = writeNpz(arrays);
  const sha256 = createHash("sha256").update(bytes).update(text).digest("hex");
  const kept = keptAt(directory, sha256, text !== "");
  if (await isWhole(kept)) return kept;
  return writing(directory, async () => {
    await removeStale(directory);
    if (kept.labels !== undefined) await writeAtomic(kept.labels, text);
    await writeAtomic(kept.path, bytes);
    return kept;
  });
}

/** Arrays that were made of a source, and what else is to be known of them: JSON. */
export interface Made<N> {
  arrays: Readonly<Record<string, LabelledArray>>;
  note: N;
}

interface Remembered<N> {
  kept: KeptArrays;
  note: N;
}

/** What was made of a source before, where it is whole. */
async function maybeRemembered<N>(directory: string, path: string): Promise<Remembered<N> | null> {
  try {
    const { sha256, named, note } = JSON.parse(await readFile(path, "utf8")) as {
      sha256: string;
      named: boolean;
      note: N;
    };
    const kept = keptAt(directory, sha256, named);
    return (await isWhole(kept)) ? { kept, note } : null;
  } catch {
    return null; // whatever is wrong with it, it can be made again
  }
}

/**
 * Arrays made once of a source and kept; a copy that was damaged is made again.
 * @param source JSON of all that decides about the arrays: contents by hash, options, the reader.
 * @throws UserError where the folder cannot be written to.
 */
export async function makeOnce<N>(
  directory: string,
  source: unknown,
  make: () => Promise<Made<N>>,
): Promise<Remembered<N>> {
  const key = createHash("sha256").update(canonicalJson(source)).digest("hex");
  const path = join(notesIn(directory), `${key}.json`);
  const known = await maybeRemembered<N>(directory, path);
  if (known) return known;
  const { arrays, note } = await make();
  const kept = await keepArrays(directory, arrays);
  const named = kept.labels !== undefined;
  const text = JSON.stringify({ sha256: kept.sha256, named, note }) + "\n";
  await writing(directory, () => writeAtomic(path, text));
  return { kept, note };
}
