import { UserError } from "../../error.ts";
import type { Choice, Choices } from "../data.ts";
import { MissingFile } from "../datasets/files.ts";
import { type DatasetName, datasetWords, type PartName } from "../datasets/names.ts";
import type { Origin } from "../datasets/origin.ts";
import type { OpenedPart } from "../datasets/opened-part.ts";
import type { ReadData } from "../graph.ts";
import { makeOnce } from "../kept-arrays.ts";
import { arrangePictures } from "./picture-arrays.ts";

export interface DatasetSource {
  name: DatasetName;
  part: PartName;
  /** Null for the whole part. */
  pick: Choices | null;
}

/** A picture that was found. */
interface Found {
  part: OpenedPart;
  index: number;
  /** Null where it is the one asked for; else in words what takes its place. */
  instead: string | null;
}

/** The parts of a data set, the one that was asked for first. */
type Parts = readonly [() => Promise<OpenedPart>, () => Promise<OpenedPart>];

/** A part, or null where a given folder lacks it. */
const maybePart = (open: () => Promise<OpenedPart>): Promise<OpenedPart | null> =>
  open().catch((error: unknown) => {
    if (error instanceof MissingFile) return null;
    throw error;
  });

function indexOf(part: OpenedPart, { label, rank }: { label: number; rank: number }): number {
  const index = part.indexOf(label, rank);
  if (index !== undefined) return index;
  const count = part.countOf(label);
  throw new UserError(
    `no picture of class ${label} has rank ${rank} in ${part.description}: there are ${count} of this class`,
    { hint: count > 0 ? `choose a rank from 0 to ${count - 1}` : "choose another class" },
  );
}

function checkIndex({ count, description }: OpenedPart, index: number): number {
  if (index < count) return index;
  throw new UserError(`there is no picture ${index} in ${description}: there are ${count}`, {
    hint: `choose an index from 0 to ${count - 1}`,
  });
}

async function findByHash(
  choice: Extract<Choice, { sha256: string }>,
  parts: Parts,
  number: number,
): Promise<Found> {
  for (const open of parts) {
    const part = await maybePart(open);
    const index = part?.find(choice.sha256);
    if (part && index !== undefined) return { part, index, instead: null };
  }
  const part = (await maybePart(parts[0])) ?? (await parts[1]());
  const short = `${choice.sha256.slice(0, 8)}…`;
  if (!choice.else) {
    throw new UserError(`no picture has the SHA-256 ${short} in ${part.description}`, {
      hint: "name the picture that may take its place: { sha256, else: { label, rank } }",
    });
  }
  const { label, rank } = choice.else;
  const instead = `picture ${number + 1} is no. ${rank} of class ${label} instead of ${short}, which is not there`;
  return { part, index: indexOf(part, choice.else), instead };
}

async function find(choice: Choice, parts: Parts, number: number): Promise<Found> {
  if ("sha256" in choice) return findByHash(choice, parts, number);
  const part = await parts[0]();
  const index = "index" in choice ? checkIndex(part, choice.index) : indexOf(part, choice);
  return { part, index, instead: null };
}

const countTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Indices of a range, or of the whole part. */
function listRange(part: OpenedPart, pick: Exclude<Choices, Choice[]> | null): number[] {
  if (pick === null) return countTo(part.count);
  if ("first" in pick) {
    checkIndex(part, pick.first - 1);
    return countTo(pick.first);
  }
  return countTo(10).flatMap((label) =>
    part.countOf(label) === 0
      ? []
      : countTo(pick.perClass).map((rank) => indexOf(part, { label, rank })),
  );
}

async function findAll(pick: Choices | null, parts: Parts): Promise<Found[]> {
  if (Array.isArray(pick)) {
    const found: Found[] = [];
    for (const [number, choice] of pick.entries()) found.push(await find(choice, parts, number));
    return found;
  }
  const part = await parts[0]();
  return listRange(part, pick).map((index) => ({ part, index, instead: null }));
}

/** [n · 784] in the order of what was found; each part is read once. */
async function readPixels(found: readonly Found[]): Promise<Uint8Array> {
  const pixels = new Uint8Array(found.length * 784);
  for (const part of new Set(found.map(({ part }) => part))) {
    const at = [...found.keys()].filter((i) => found[i]!.part === part);
    const read = await part.read(at.map((i) => found[i]!.index));
    at.forEach((i, k) => pixels.set(read.subarray(k * 784, (k + 1) * 784), i * 784));
  }
  return pixels;
}

/** "ankle boot", or "ankle boot (2)" for the second where there are more of the class. */
function nameAll(name: DatasetName, labels: readonly number[]): string[] {
  const { classes, picture } = datasetWords[name];
  const totals = new Map<number, number>();
  for (const label of labels) totals.set(label, (totals.get(label) ?? 0) + 1);
  const turns = new Map<number, number>();
  return labels.map((label) => {
    const turn = (turns.get(label) ?? 0) + 1;
    turns.set(label, turn);
    const word = picture(classes[label]!);
    return totals.get(label) === 1 ? word : `${word} (${turn})`;
  });
}

function describe(found: readonly Found[]): string {
  const parts = [...new Set(found.map(({ part }) => part.description))];
  const insteads = found.flatMap(({ part, instead }) =>
    instead === null || part.drawn ? [] : [instead],
  );
  return [parts.join(" and "), ...insteads].join("; ");
}

async function makePictures({ name, part, pick }: DatasetSource, origin: Origin) {
  const other: PartName = part === "train" ? "test" : "train";
  const found = await findAll(pick, [() => origin.open(part), () => origin.open(other)]);
  const labels = found.map(({ part, index }) => part.labelOf(index));
  const pictures = arrangePictures({
    pixels: await readPixels(found),
    shape: [found.length, 28, 28],
    labels,
    classNames: datasetWords[name].classes,
    names: nameAll(name, labels),
  });
  const exact = Uint8Array.from(found, ({ part, instead }) =>
    instead === null && !part.drawn ? 1 : 0,
  );
  return {
    arrays: { ...pictures, exact: { data: exact, shape: [exact.length] } },
    note: describe(found),
  };
}

/**
 * Pictures of a data set.
 * @throws UserError for pictures that there are not, and data that are bad or cannot be had.
 */
export async function readDataset(
  source: DatasetSource,
  directory: string,
  origin: Origin,
): Promise<ReadData> {
  const made = { reader: "dataset 1", ...source, origin: origin.identity };
  const { kept, note } = await makeOnce(directory, made, () => makePictures(source, origin));
  return { kind: "arrays", ...kept, description: note };
}
