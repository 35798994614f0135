import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { removeStale, replaceDirectory, temporaryName, writeDurable } from "../atomic.ts";
import { type RunOutput, type RunRecord, schemaVersion } from "../record.ts";

/** What lies under a key: a result that verifies, a damaged one (and what is wrong), or nothing. */
export type Stored =
  | { state: "whole"; record: RunRecord }
  | { state: "damaged"; reason: string }
  | { state: "missing" };

/** Finished runs by key, append-only: a run is there complete or not at all. */
export interface Store {
  directory: string;
  /** Whether something lies under the key, verified or not. */
  has(key: string): Promise<boolean>;
  /** Compares every file with its checksum. */
  read(key: string): Promise<Stored>;
  /**
   * Adds checksums and writes all files, then shows them at once under their key.
   * What is there already stays, unless `replace` says otherwise.
   */
  commit(key: string, output: RunOutput, options?: { replace?: boolean }): Promise<RunRecord>;
  /** Forgets a run; one that does not exist is no error. */
  remove(key: string): Promise<void>;
  /** Folder of a run's files. */
  path(key: string): string;
}

const checksum = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Checksum of run.json itself, as sha256sum writes it. */
const sealName = "run.json.sha256";
const seal = (text: string): string => `${checksum(Buffer.from(text))}  run.json\n`;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

function parseRecord(text: string, key: string): RunRecord | string {
  let record: RunRecord;
  try {
    record = JSON.parse(text) as RunRecord;
  } catch {
    return "run.json is not JSON";
  }
  if (record?.schema !== schemaVersion) return `run.json is not of schema ${schemaVersion}`;
  if (record.key !== key) return `run.json is of another run, ${record.key}`;
  if (typeof record.files !== "object" || record.files === null) return "run.json names no files";
  return record;
}

/** What is wrong with the files of a run, or null. */
async function findDamage(directory: string, files: RunRecord["files"]): Promise<string | null> {
  for (const [name, { sha256, bytes }] of Object.entries(files)) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (!found) return `${name} is missing`;
    if (found.size !== bytes) return `${name} has ${found.size} bytes instead of ${bytes}`;
    if (checksum(await readFile(path)) !== sha256) return `${name} does not match its checksum`;
  }
  return null;
}

/** Null where nothing is there to be read. */
const readText = (path: string): Promise<string | null> =>
  readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });

async function writeRun(directory: string, output: RunOutput): Promise<RunRecord> {
  const files: RunRecord["files"] = {};
  for (const [name, bytes] of Object.entries(output.files)) {
    await writeDurable(join(directory, name), bytes);
    files[name] = { sha256: checksum(bytes), bytes: bytes.byteLength };
  }
  const record = { ...output.record, files } as RunRecord;
  const text = JSON.stringify(record, null, 1) + "\n";
  await writeDurable(join(directory, "run.json"), text);
  await writeDurable(join(directory, sealName), seal(text));
  return record;
}

/** Opens a store, creating its folder and clearing what dead writers left behind. */
export async function openStore(directory: string): Promise<Store> {
  await mkdir(directory, { recursive: true });
  await removeStale(directory);
  const path = (key: string): string => join(directory, key);

  const read = async (key: string): Promise<Stored> => {
    if (!(await exists(path(key)))) return { state: "missing" };
    const text = await readText(join(path(key), "run.json"));
    if (text === null) return { state: "damaged", reason: "run.json is missing" };
    const record = parseRecord(text, key);
    if (typeof record === "string") return { state: "damaged", reason: record };
    if ((await readText(join(path(key), sealName))) !== seal(text)) {
      return { state: "damaged", reason: "run.json does not match its checksum" };
    }
    const damage = await findDamage(path(key), record.files);
    return damage ? { state: "damaged", reason: damage } : { state: "whole", record };
  };

  const commit: Store["commit"] = async (key, output, { replace = false } = {}) => {
    const temporary = join(directory, temporaryName());
    await mkdir(temporary);
    try {
      const record = await writeRun(temporary, output);
      if (replace) await replaceDirectory(temporary, path(key));
      else if (!(await exists(path(key)))) await moveUnlessThere(temporary, path(key));
      return record;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  };

  const remove = async (key: string): Promise<void> => {
    const aside = join(directory, temporaryName());
    await rename(path(key), aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rm(aside, { recursive: true, force: true });
  };

  return { directory, path, has: (key) => exists(path(key)), read, commit, remove };
}

/** Another process may finish the same run between the question and the rename: the first one stays. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: unknown) => {
    const names: string[] = await readdir(to).catch(() => []);
    if (!names.includes("run.json")) throw error;
  });
}
