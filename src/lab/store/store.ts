import type { BigIntStats } from "node:fs";
import { lstat, mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  removeStale,
  replaceDirectory,
  syncDirectory,
  temporaryName,
  writeDurable,
} from "../atomic.ts";
import { checksum } from "../digest.ts";
import { maybeMissing, onDisk } from "../disk.ts";
import { looksOf, openVerified, type Verified } from "./verified.ts";

/** What every record has, whatever it is of. */
export interface StoredRecord {
  /** Version of its layout. */
  schema: number;
  key: string;
  /** Other files of the run: name → SHA-256 and size. */
  files: Record<string, { sha256: string; bytes: number }>;
}

/** A record and the files beside it; checksums are added when they are written. */
export interface ToStore<R extends StoredRecord> {
  record: Omit<R, "files">;
  files: Record<string, Uint8Array>;
}

/** What lies under a key: a result that verifies, a damaged one (and what is wrong), or nothing. */
export type Stored<R> =
  { state: "whole"; record: R } | { state: "damaged"; reason: string } | { state: "missing" };

/** Finished runs by key, append-only: a run is there complete or not at all. */
export interface Store<R extends StoredRecord> {
  directory: string;
  /**
   * Compares with its checksum every file that was not compared before, or looks changed since.
   * @throws UserError where something is there that cannot be read.
   */
  read(key: string): Promise<Stored<R>>;
  /**
   * Bytes of a run's file, compared with its checksum. Where they do not match, the whole run is
   * compared again when it is read next.
   * @returns null where they do not match.
   */
  readFile(record: StoredRecord, name: string): Promise<Buffer | null>;
  /** Keeps which runs were compared, so that the next process need not do so again. */
  keepVerified(): Promise<void>;
  /**
   * Adds checksums and writes all files, then shows them at once under their key.
   * What is there already stays, unless `replace` says otherwise.
   */
  commit(key: string, output: ToStore<R>, options?: { replace?: boolean }): Promise<R>;
  /** Folder of a run's files. */
  path(key: string): string;
}

/** Checksum of run.json itself, as sha256sum writes it. */
const sealName = "run.json.sha256";
const seal = (text: string): string => `${checksum(text)}  run.json\n`;

/** What lies at a path itself: a link is one wherever it leads. */
const look = (path: string) => maybeMissing(path, (there) => lstat(there, { bigint: true }));

const exists = async (path: string): Promise<boolean> => (await look(path)) !== null;

/** Whether a name stays in its folder, on every system; names in a record are not trusted. */
const isPlainName = (name: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name);

function parseRecord<R extends StoredRecord>(
  text: string,
  key: string,
  schema: number,
): R | string {
  let record: R;
  try {
    record = JSON.parse(text) as R;
  } catch {
    return "run.json is not JSON";
  }
  if (record?.schema !== schema) return `run.json is not of schema ${schema}`;
  if (record.key !== key) return `run.json is of another run, ${record.key}`;
  if (typeof record.files !== "object" || record.files === null) return "run.json names no files";
  const strange = Object.keys(record.files).find((name) => !isPlainName(name));
  if (strange !== undefined) return `run.json names a file “${strange}”, which is no plain name`;
  return record;
}

/** What is wrong with the files of a run, or null. */
async function findDamage(
  directory: string,
  { key, files }: StoredRecord,
  verified: Verified,
): Promise<string | null> {
  const seen: { name: string; sha256: string; state: BigIntStats }[] = [];
  for (const [name, entry] of Object.entries(files)) {
    const { sha256, bytes } = entry ?? {};
    const state = await look(join(directory, name));
    if (!state) return `${name} is missing`;
    if (!state.isFile()) return `${name} is not a file`;
    if (Number(state.size) !== bytes) return `${name} has ${state.size} bytes instead of ${bytes}`;
    seen.push({ name, sha256, state });
  }
  const looks = looksOf(seen);
  if (verified.has(key, looks)) return null;
  for (const { name, sha256 } of seen) {
    const found = checksum(await readFile(join(directory, name)));
    if (found !== sha256) return `${name} does not match its checksum`;
  }
  verified.add(key, looks);
  return null;
}

/** Null where no file is: a pipe in its place would be read for ever. */
async function readText(path: string): Promise<string | null> {
  const found = await look(path);
  return found?.isFile() ? readFile(path, "utf8") : null;
}

async function writeRun<R extends StoredRecord>(directory: string, output: ToStore<R>): Promise<R> {
  const files: StoredRecord["files"] = {};
  for (const [name, bytes] of Object.entries(output.files)) {
    if (!isPlainName(name)) throw new Error(`a file of a run cannot be named “${name}”`);
    await writeDurable(join(directory, name), bytes);
    files[name] = { sha256: checksum(bytes), bytes: bytes.byteLength };
  }
  const record = { ...output.record, files } as unknown as R;
  const text = JSON.stringify(record, null, 1) + "\n";
  await writeDurable(join(directory, "run.json"), text);
  await writeDurable(join(directory, sealName), seal(text));
  return record;
}

/**
 * Opens a store, clearing up after dead writers; its folder is created when something is put there.
 * @param schema of the records that it holds; others are damaged.
 * @param verify whether all files are compared with their checksums, however they look.
 * @throws UserError where the system refuses, as all methods do.
 */
export async function openStore<R extends StoredRecord>(
  directory: string,
  schema: number,
  { verify = false } = {},
): Promise<Store<R>> {
  const verified = await onDisk("open the store", directory, async () => {
    await removeStale(directory);
    return openVerified(directory, verify);
  });
  const path = (key: string): string => join(directory, key);

  const judge = async (key: string): Promise<Stored<R>> => {
    const found = await look(path(key));
    if (found === null) return { state: "missing" };
    if (!found.isDirectory()) return { state: "damaged", reason: "it is not a folder" };
    const text = await readText(join(path(key), "run.json"));
    if (text === null) return { state: "damaged", reason: "run.json is missing or not a file" };
    const record = parseRecord<R>(text, key, schema);
    if (typeof record === "string") return { state: "damaged", reason: record };
    if ((await readText(join(path(key), sealName))) !== seal(text)) {
      return { state: "damaged", reason: "run.json does not match its checksum" };
    }
    const damage = await findDamage(path(key), record, verified);
    return damage ? { state: "damaged", reason: damage } : { state: "whole", record };
  };

  const write: Store<R>["commit"] = async (key, output, { replace = false } = {}) => {
    const temporary = join(directory, temporaryName());
    await mkdir(temporary, { recursive: true });
    try {
      const record = await writeRun(temporary, output);
      if (replace) await replaceDirectory(temporary, path(key));
      else if (!(await exists(path(key)))) await moveUnlessThere(temporary, path(key));
      return record;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  };

  const readVerified = async ({ key, files }: StoredRecord, name: string) => {
    const bytes = await readFile(join(path(key), name));
    if (checksum(bytes) === files[name]!.sha256) return bytes;
    verified.forget(key);
    await verified.save();
    return null;
  };

  return {
    directory,
    path,
    keepVerified: () => onDisk("write", directory, verified.save),
    readFile: (record, name) => onDisk("read", path(record.key), () => readVerified(record, name)),
    read: (key) => onDisk("read", path(key), () => judge(key)),
    commit: (key, output, options) => onDisk("write", path(key), () => write(key, output, options)),
  };
}

/** Another process may finish the same run between the question and the rename: the first one stays. */
async function moveUnlessThere(from: string, to: string): Promise<void> {
  await syncDirectory(from);
  await rename(from, to).catch(async (error: unknown) => {
    if (!(await exists(join(to, "run.json")))) throw error;
  });
  await syncDirectory(dirname(to));
}
