import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../error.ts";
import { assertOurs, markFolder } from "../folders.ts";
import type { PlannedRun } from "./agenda.ts";
import { removeStale, replaceDirectory, temporaryName } from "./atomic.ts";
import { checksum, digestFiles } from "./digest.ts";
import { onDisk, prepareFolder } from "./disk.ts";
import { describeRun, type Layout, readLayout, reuseRun, writeLayout } from "./layout.ts";
import { readNpz } from "./npz.ts";
import type { ArraysOutput, Output } from "./output.ts";
import { drawPictures, isPictures, type PictureSheet } from "./picture-sheet.ts";
import type { StudyRecord } from "./run-record.ts";
import type { SiteIndex } from "./site-index.ts";
import type { Store } from "./store/store.ts";

/** runs/<key>/run.json: the record of a run with what of it lies on the site. */
export interface PublishedRun extends StudyRecord {
  /** Pictures of arrays, by output and array; the file is `<output>.<array>.png`. */
  sheets: Record<string, Record<string, PictureSheet>>;
}

/** Larger outputs lie on the site only where their declaration asks for it. */
const smallBytes = 1 << 20;

const toJson = (value: unknown): string => JSON.stringify(value, null, 1) + "\n";

type ReadStore = Pick<Store<StudyRecord>, "path" | "read" | "readFile">;

/** @throws UserError where the file does not match its checksum. */
async function readStored(store: ReadStore, record: StudyRecord, name: string): Promise<Buffer> {
  const bytes = await store.readFile(record, name);
  if (bytes) return bytes;
  const path = join(store.path(record.key), name);
  throw new UserError(`${path} does not match its checksum, nothing is published`, {
    hint: "run the same command again: what is damaged is made anew",
  });
}

/** Names of a run's files that lie on the site. */
function chooseFiles(record: StudyRecord, declared: Readonly<Record<string, Output>>): string[] {
  return Object.entries(record.files).flatMap(([name, { bytes }]) => {
    const output = name.slice(0, name.indexOf("."));
    const wanted = declared[output]?.publish ?? bytes <= smallBytes;
    return wanted ? [name] : [];
  });
}

async function drawSheets(
  record: StudyRecord,
  declared: Readonly<Record<string, Output>>,
  store: ReadStore,
  to: string,
): Promise<PublishedRun["sheets"]> {
  const sheets: PublishedRun["sheets"] = {};
  for (const [name, { file, arrays = {} }] of Object.entries(record.outputs)) {
    const pictures = Object.entries(arrays).filter(([, { dimensions }]) => isPictures(dimensions));
    if (pictures.length === 0) continue;
    const contents = readNpz(await readStored(store, record, file));
    for (const [array] of pictures) {
      const drawn = await drawPictures(contents[array]!, declared[name] as ArraysOutput<string>);
      if (!drawn) continue;
      await writeFile(join(to, `${name}.${array}.png`), drawn.png);
      sheets[name] = { ...sheets[name], [array]: drawn.sheet };
    }
  }
  return sheets;
}

/** A run that has a result, and what of it is laid out how. */
interface ToPublish {
  record: StudyRecord;
  declared: Readonly<Record<string, Output>>;
  names: string[];
  /** Digest of all this and of the code that does it. */
  made: string;
}

function describePublishing({ run, record }: PlannedRun, code: string): ToPublish | null {
  if (!record) return null;
  const declared = run.task.outputs as Record<string, Output>;
  const names = chooseFiles(record, declared);
  const picturing = Object.keys(record.outputs).map((name) => {
    const { scale, range, colours } = declared[name] as ArraysOutput<string>;
    return { scale, range, colours };
  });
  const made = checksum(JSON.stringify([code, record, names, picturing]));
  return { record, declared, names, made };
}

async function publishRun(
  { record, declared, names }: ToPublish,
  store: ReadStore,
  to: string,
): Promise<void> {
  await mkdir(to);
  for (const name of names) {
    await writeFile(join(to, name), await readStored(store, record, name));
  }
  const files = Object.fromEntries(names.map((name) => [name, record.files[name]!]));
  const sheets = await drawSheets(record, declared, store, to);
  const published: PublishedRun = { ...record, files, sheets };
  await writeFile(join(to, "run.json"), toJson(published));
}

const lab = fileURLToPath(new URL(".", import.meta.url));
const packages = fileURLToPath(new URL("../../node_modules/.package-lock.json", import.meta.url));

/**
 * Makes sure, before hours of work, that runs can be published.
 * @param neededBytes that the runs may take.
 * @throws UserError where <public>/runs/ is somebody else's, or the disk refuses.
 */
export async function preparePublic(publicFolder: string, neededBytes: number): Promise<void> {
  await prepareFolder(publicFolder, neededBytes);
  await removeStale(publicFolder);
  await assertOurs(join(publicFolder, "runs"));
}

/**
 * Lays out <public>/runs/ anew: index.json and the runs of the agenda that have a result, with
 * pictures of arrays. The old folder stays until the new one is complete.
 * @param earlier folder of static files where they may have been laid out before, so that what has
 * not changed is only linked; null lays out all of them.
 * @returns a digest of what lies there now.
 * @throws UserError where a file of a run does not match its checksum; nothing is published then.
 */
export async function publishStudies(
  index: SiteIndex,
  runs: ReadonlyMap<string, PlannedRun>,
  store: ReadStore,
  publicFolder: string,
  earlier: string | null = publicFolder,
): Promise<string> {
  const target = join(publicFolder, "runs");
  const before = earlier === null ? null : join(earlier, "runs");
  await preparePublic(publicFolder, 0);
  return onDisk("publish", publicFolder, async () => {
    const known = before === null ? {} : await readLayout(before);
    const code = await digestFiles([lab, packages]);
    const layout: Layout = {};
    const temporary = join(publicFolder, temporaryName());
    await mkdir(temporary);
    try {
      for (const [key, planned] of runs) {
        const wanted = describePublishing(planned, code);
        if (!wanted) continue;
        const to = join(temporary, key);
        const old = known[key];
        const isReused =
          old?.made === wanted.made &&
          (await store.read(key)).state === "whole" &&
          (await reuseRun(old, join(before!, key), to));
        if (!isReused) await publishRun(wanted, store, to);
        layout[key] = isReused ? old : await describeRun(to, wanted.made);
      }
      await writeFile(join(temporary, "index.json"), toJson(index));
      // In a copy it would only lie on the site.
      const isCopy = earlier !== null && earlier !== publicFolder;
      if (!isCopy) await writeLayout(temporary, layout);
      await markFolder(temporary);
      await replaceDirectory(temporary, target);
      return checksum(
        JSON.stringify([index, Object.entries(layout).map(([key, { made }]) => [key, made])]),
      );
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}
