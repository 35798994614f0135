import { constants, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { assertOurs, markFolder } from "../folders.ts";
import type { PlannedRun } from "./agenda.ts";
import { removeStale, replaceDirectory, temporaryName } from "./atomic.ts";
import { onDisk, prepareFolder } from "./disk.ts";
import { readNpz } from "./npz.ts";
import type { ArraysOutput, Output } from "./output.ts";
import { drawPictures, isPictures, type PictureSheet } from "./picture-sheet.ts";
import type { StudyRecord } from "./run-record.ts";
import type { SiteIndex } from "./site-index.ts";
import { checksum, type Store } from "./store/store.ts";

/** runs/<key>/run.json: the record of a run with what of it lies on the site. */
export interface PublishedRun extends StudyRecord {
  /** Pictures of arrays, by output and array; the file is `<output>.<array>.png`. */
  sheets: Record<string, Record<string, PictureSheet>>;
}

/** Larger outputs lie on the site only where their declaration asks for it. */
const smallBytes = 1 << 20;

const toJson = (value: unknown): string => JSON.stringify(value, null, 1) + "\n";

/** Copies a file of a run and compares the copy with the checksum. */
async function copyVerified(from: string, to: string, sha256: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  if (checksum(await readFile(to)) === sha256) return;
  throw new UserError(`${from} does not match its checksum, nothing is published`, {
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
  from: string,
  to: string,
): Promise<PublishedRun["sheets"]> {
  const sheets: PublishedRun["sheets"] = {};
  for (const [name, { file, arrays = {} }] of Object.entries(record.outputs)) {
    const pictures = Object.entries(arrays).filter(([, { dimensions }]) => isPictures(dimensions));
    if (pictures.length === 0) continue;
    const contents = readNpz(await readFile(join(from, file)));
    for (const [array] of pictures) {
      const drawn = await drawPictures(contents[array]!, declared[name] as ArraysOutput<string>);
      if (!drawn) continue;
      await writeFile(join(to, `${name}.${array}.png`), drawn.png);
      sheets[name] = { ...sheets[name], [array]: drawn.sheet };
    }
  }
  return sheets;
}

async function publishRun({ run, record }: PlannedRun, from: string, to: string): Promise<void> {
  if (!record) return;
  await mkdir(to);
  const declared = run.task.outputs as Record<string, Output>;
  const names = chooseFiles(record, declared);
  for (const name of names) {
    await copyVerified(join(from, name), join(to, name), record.files[name]!.sha256);
  }
  const files = Object.fromEntries(names.map((name) => [name, record.files[name]!]));
  const published: PublishedRun = {
    ...record,
    files,
    sheets: await drawSheets(record, declared, from, to),
  };
  await writeFile(join(to, "run.json"), toJson(published));
}

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
 * @throws UserError where a file of a run does not match its checksum; nothing is published then.
 */
export async function publishStudies(
  index: SiteIndex,
  runs: ReadonlyMap<string, PlannedRun>,
  store: Pick<Store<StudyRecord>, "path">,
  publicFolder: string,
): Promise<void> {
  const target = join(publicFolder, "runs");
  await preparePublic(publicFolder, 0);
  await onDisk("publish", publicFolder, async () => {
    const temporary = join(publicFolder, temporaryName());
    await mkdir(temporary);
    try {
      for (const [key, planned] of runs) {
        await publishRun(planned, store.path(key), join(temporary, key));
      }
      await writeFile(join(temporary, "index.json"), toJson(index));
      await markFolder(temporary);
      await replaceDirectory(temporary, target);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}
