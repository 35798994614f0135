import { z } from "astro/zod";
import { fileURLToPath } from "node:url";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { type DatasetName, datasetNames, type PartName } from "./datasets/names.ts";
import type { Data } from "./input.ts";
import type { NumpyArray } from "./npz.ts";
import type { LabelledArray } from "./output.ts";
import { parse } from "./parse.ts";

export type { Data } from "./input.ts";

/** `new URL("data.bin", import.meta.url)` lies beside the study; text is relative to the working folder. */
export type Place = URL | string;

const pathOf = (place: Place): string => (place instanceof URL ? fileURLToPath(place) : place);

/** An array whose entries along some dimensions have names. */
export type Named<D extends NumpyArray["data"], L extends string> = LabelledArray & {
  data: D;
  labels: Record<L, string[]>;
};

/** Pictures as code receives them, all in the same order. */
export type Pictures = {
  /**
   * [n, y, x], or [n, y, x, 3] of red, green and blue (sRGB): bytes as in the file, 255 being white;
   * divided by 255 they lie in [0, 1]. Named along "picture".
   */
  pixels: Named<Uint8Array, "picture">;
  /** [n]: the number of each picture's class. */
  labels: NumpyArray & { data: Int32Array };
  /** [classes]: how many pictures each class has. Named along "class". */
  classes: Named<Int32Array, "class">;
};

/** Pictures of a named data set, [n, 28, 28], white on black. */
export type DatasetPictures = Pictures & {
  /** [n]: 1 where the picture is the one asked for, 0 where another or a drawn one took its place. */
  exact: NumpyArray & { data: Uint8Array };
};

/** The bytes of a file. */
export const file = (path: Place): Data<Uint8Array> => ({
  source: { reader: "file", path: pathOf(path) },
});

/** All arrays of an .npz file, by name. */
export const npz = (path: Place): Data<Record<string, NumpyArray>> => ({
  source: { reader: "npz", path: pathOf(path) },
});

/**
 * Pictures of bytes in an IDX file, [n, y, x] or [n, y, x, 3] of any size, gzip or plain.
 * @param labels IDX file of as many bytes; without it all pictures are of one class without a name.
 */
export const idx = (images: Place, labels?: Place): Data<Pictures> => ({
  source: {
    reader: "idx",
    images: pathOf(images),
    labels: labels === undefined ? null : pathOf(labels),
  },
});

/** What the cells of a column are. */
export type CellKind = "number" | "text";

/** A column as an array [rows]. */
export type ColumnArray<K extends CellKind> = K extends "number"
  ? /** NaN for cells that are empty, NA or NaN. */
    NumpyArray & { data: Float64Array }
  : /** Numbers in the sorted list of the different texts; the texts themselves are the names along "row". */
    Named<Int32Array, "row">;

const CsvOptions = z.strictObject({
  columns: z
    .record(z.string(), z.enum(["number", "text"]))
    .nullable()
    .default(null),
});

/**
 * A table in CSV (RFC 4180) with a line of names.
 * @param columns those to be read, and what they hold; without it all are read, as numbers.
 */
export function csv(path: Place): Data<Record<string, ColumnArray<"number">>>;
export function csv<const C extends Readonly<Record<string, CellKind>>>(
  path: Place,
  options: { columns: C },
): Data<{ [Name in keyof C]: ColumnArray<C[Name]> }>;
export function csv(
  place: Place,
  options: { columns?: Readonly<Record<string, CellKind>> } = {},
): Data {
  const path = pathOf(place);
  return {
    source: { reader: "csv", path, ...parse(CsvOptions, options, `the options of ${path}`) },
  };
}

const Length = z.int().positive().max(16_384);

const PicturesOptions = z.strictObject({
  /** Pixels that every picture is stretched to; without it all must be of one size as they are. */
  size: z
    .union([Length, z.strictObject({ width: Length, height: Length })])
    .transform((size) => (typeof size === "number" ? { width: size, height: size } : size))
    .nullable()
    .default(null),
  /** [n, y, x] of brightness instead of [n, y, x, 3]. */
  grey: z.boolean().default(false),
});

/**
 * The PNG, JPEG and WebP files of a folder, sorted by name. Each of its subfolders is a class; one
 * without subfolders holds a single class without a name. Transparent parts become black.
 */
export const pictures = (
  folder: Place,
  options: z.input<typeof PicturesOptions> = {},
): Data<Pictures> => {
  const path = pathOf(folder);
  const checked = parse(PicturesOptions, options, `the options of the pictures in ${path}`);
  return { source: { reader: "pictures", path, ...checked } };
};

const Rank = z.strictObject({
  /** Class, 0–9. */
  label: z.int().min(0).max(9),
  /** Place within the class, 0 being the first of it in the part. */
  rank: z.int().nonnegative(),
});

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256: 64 digits of 0–9 and a–f");

/** One picture of a part of a data set. */
export const Choice = z.union([
  Rank,
  /** Place in the part, 0 being the first. */
  z.strictObject({ index: z.int().nonnegative() }),
  /** Of the picture's 784 bytes. Where no part has it, `else` says which takes its place. */
  z.strictObject({ sha256: Sha256, else: Rank.optional() }),
]);
export type Choice = z.output<typeof Choice>;

/** Which pictures of a part. */
export const Choices = z.union([
  z.array(Choice).min(1),
  z.strictObject({ first: z.int().positive() }),
  /** The first of every class, class by class. */
  z.strictObject({ perClass: z.int().positive() }),
]);
export type Choices = z.output<typeof Choices>;

const DatasetOptions = z.strictObject({
  part: z.enum(["train", "test"] satisfies PartName[]),
  /** Null for the whole part. */
  pick: Choices.nullable().default(null),
});

/**
 * Pictures of MNIST or Fashion-MNIST: from the folder that VITRINE_DATA or --data names, else from
 * the installed packages, else from the network; drawn ones where none of these has them. Only a
 * choice by SHA-256 means the same picture wherever Fashion-MNIST comes from.
 * @throws UserError for a name or options that mean nothing.
 */
export function dataset(
  name: DatasetName,
  options: z.input<typeof DatasetOptions>,
): Data<DatasetPictures> {
  if (!datasetNames.includes(name)) {
    const meant = nearest(name, datasetNames);
    throw new UserError(`unknown data set “${String(name)}”`, {
      hint: meant ? `did you mean “${meant}”?` : `known: ${datasetNames.join(", ")}`,
    });
  }
  return {
    source: { reader: "dataset", name, ...parse(DatasetOptions, options, `the data set ${name}`) },
  };
}
