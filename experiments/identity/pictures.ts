import { Choice, type Data, dataset, type DatasetPictures } from "#lab/data";
import { z } from "#lab/task";

/** One picture of a data set. */
const Photo = z.strictObject({
  kind: z.literal("photo"),
  dataset: z.enum(["mnist", "fashion-mnist"]),
  part: z.enum(["train", "test"]).default("test"),
  /** By class and rank, by index, or by content. */
  choice: Choice,
});
type Photo = z.output<typeof Photo>;

const patternNames = [
  "small-square",
  "thin-stripes",
  "wide-stripes",
  "gradient",
  "dot-grid",
  "disc-crescent",
  "ellipse",
] as const;
export type PatternName = (typeof patternNames)[number];

const Pattern = z.strictObject({ kind: z.literal("pattern"), pattern: z.enum(patternNames) });

const Weight = z.number().min(0).max(1);

/** Weighted sum of two pictures. */
const Blend = z.strictObject({
  kind: z.literal("blend"),
  of: z.tuple([Photo, Photo]),
  weights: z.tuple([Weight, Weight]).default([0.5, 0.5]),
});

/** A picture of a data set out of the middle of its field; what leaves the field is lost. */
const Moved = z.strictObject({
  kind: z.literal("moved"),
  of: Photo,
  /** In pixels, to the right and down. */
  by: z.tuple([z.int(), z.int()]),
});

/** 28×28 pixels, grey, in the middle of a network's field unless it is moved. */
export const Picture = z.discriminatedUnion("kind", [Photo, Pattern, Blend, Moved]);
export type Picture = z.output<typeof Picture>;
export type PictureInput = z.input<typeof Picture>;

/** What a picture is made of, in the order of its parts: none, one or two pictures of data sets. */
export function dataOf(picture: Picture): Data<DatasetPictures>[] {
  const read = ({ dataset: name, part, choice }: Photo) => dataset(name, { part, pick: [choice] });
  switch (picture.kind) {
    case "photo":
      return [read(picture)];
    case "pattern":
      return [];
    case "blend":
      return picture.of.map(read);
    case "moved":
      return [read(picture.of)];
  }
}

type PhotoInput = z.input<typeof Photo>;

/** @param rank 0 is the first digit of its class in MNIST's test part. */
export const digit = (label: number, rank = 0): PhotoInput => ({
  kind: "photo",
  dataset: "mnist",
  choice: { label, rank },
});

/** Classes of Fashion-MNIST in this study. */
const garments = { "T-shirt": 0, pullover: 2, dress: 3, sneaker: 7, "ankle boot": 9 };

/** @param sha256 of the very picture; where no data set has it, the first of its class takes its place. */
export const garment = (name: keyof typeof garments, sha256?: string): PhotoInput => {
  const rank = { label: garments[name], rank: 0 };
  const choice = sha256 === undefined ? rank : { sha256, else: rank };
  return { kind: "photo", dataset: "fashion-mnist", choice };
};

export const pattern = (name: PatternName): PictureInput => ({ kind: "pattern", pattern: name });
export const patterns: PictureInput[] = patternNames.map(pattern);

/** @param by pixels to the right and down. */
export const moved = (of: PhotoInput, ...by: [number, number]): PictureInput => ({
  kind: "moved",
  of,
  by,
});

/** Half of each picture: a test picture close to the training picture. */
export const blend = (first: PhotoInput, second: PhotoInput): PictureInput => ({
  kind: "blend",
  of: [first, second],
});

/** The training picture of the published figures: no. 57958 of MNIST's training part. */
export const seven: PhotoInput = {
  kind: "photo",
  dataset: "mnist",
  part: "train",
  choice: {
    sha256: "824d80f9220881a4be7058d9fc1b371295d759e0d0aec0386bd81c72dd7ca106",
    else: { label: 7, rank: 0 },
  },
};

/** The garments of the published figures, recognised by their pixels. */
export const published = {
  tShirt: garment("T-shirt", "9cf80d28fd40cb6b47fbe6cc085cbcbaf769565e1d9181a533d2540d5b3bb095"),
  pullover: garment("pullover", "3f9de7941c3e507eb513bbf5921e2664242a5a8cb07988bdf93e6657fb3c2a26"),
  sneaker: garment("sneaker", "4261dd3217331e2fe9238de42ace770b295be1c7ae8d70ce5abfd5152b020501"),
  ankleBoot: garment(
    "ankle boot",
    "5bd44e331a6d6998daf675700cd0c13dcd7af8ab954b7585124124da61459e7b",
  ),
  highBoot: garment(
    "ankle boot",
    "591afab50083c0378b508147c198e91f7818e518c0cd06ea9de8e7e3ad13962d",
  ),
};
