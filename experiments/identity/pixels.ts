import type { DatasetPictures } from "#lab/data";
import { drawPattern } from "./patterns.ts";
import type { Picture } from "./pictures.ts";
import { side } from "./scaling.ts";

/** A picture as networks are given it, before standardising. */
export interface ResolvedPicture {
  /** In words, e.g. "digit 4", "ankle boot", "blend of 7 and 4", "thin stripes". */
  label: string;
  /** [field · field], rows from the top, in [0, 1]. */
  pixels: Float32Array;
  /** Whether it is the one asked for, not one that takes its place. */
  isExact: boolean;
}

const levelsOf = ({ pixels }: DatasetPictures): Float32Array =>
  Float32Array.from(pixels.data, (byte) => byte / 255);

const isExact = ({ exact }: DatasetPictures): boolean => exact.data[0] === 1;

/** "7" in "blend of 7 and 4". */
const shortLabel = ({ classes, labels }: DatasetPictures): string =>
  classes.labels.class[labels.data[0]!]!;

/** Copies a picture [784] into a black field. @param by pixels right and down of its middle. */
function place(
  pixels: Float32Array,
  field: number,
  [right, down]: readonly [number, number] = [0, 0],
): Float32Array {
  const placed = new Float32Array(field * field);
  const margin = Math.floor((field - side) / 2);
  pixels.forEach((level, i) => {
    const x = margin + right + (i % side);
    const y = margin + down + Math.floor(i / side);
    if (x >= 0 && y >= 0 && x < field && y < field) placed[y * field + x] = level;
  });
  return placed;
}

/** e.g. "3 right, 4 up" */
function nameMove([right, down]: readonly [number, number]): string {
  const across = right === 0 ? [] : [`${Math.abs(right)} ${right > 0 ? "right" : "left"}`];
  const along = down === 0 ? [] : [`${Math.abs(down)} ${down > 0 ? "down" : "up"}`];
  return [...across, ...along].join(", ") || "unmoved";
}

/**
 * @param parts what dataOf() names, as read.
 * @param field width and height, in pixels, of what the picture is placed in.
 */
export function resolvePicture(
  picture: Picture,
  parts: readonly DatasetPictures[],
  field = side,
): ResolvedPicture {
  const resolved = resolveUnplaced(picture, parts);
  const by = picture.kind === "moved" ? picture.by : undefined;
  return { ...resolved, pixels: place(resolved.pixels, field, by) };
}

function resolveUnplaced(picture: Picture, parts: readonly DatasetPictures[]): ResolvedPicture {
  switch (picture.kind) {
    case "photo": {
      const [photo] = parts;
      const label = photo!.pixels.labels.picture[0]!;
      return { label, pixels: levelsOf(photo!), isExact: isExact(photo!) };
    }
    case "moved": {
      const still = resolveUnplaced(picture.of, parts);
      return { ...still, label: `${still.label}, ${nameMove(picture.by)}` };
    }
    case "pattern": {
      const { pattern } = picture;
      const label = pattern === "disc-crescent" ? "disc with crescent" : pattern.replace("-", " ");
      return { label, pixels: drawPattern(pattern), isExact: true };
    }
    case "blend": {
      const [u, v] = picture.weights;
      const [a, b] = parts.map(levelsOf);
      return {
        label: `blend of ${parts.map(shortLabel).join(" and ")}`,
        pixels: a!.map((level, i) => Math.min(1, u * level + v * b![i]!)),
        isExact: parts.every(isExact),
      };
    }
  }
}

/** "digit 4 (2)" for the second of a name. */
function tellApart(labels: readonly string[]): string[] {
  return labels.map((label, i) => {
    const turn = labels.slice(0, i).filter((earlier) => earlier === label).length + 1;
    return turn === 1 ? label : `${label} (${turn})`;
  });
}

/** Pictures with labels that tell them apart. @param parts of each, as dataOf() names them. */
export function resolvePictures(
  pictures: readonly Picture[],
  parts: readonly (readonly DatasetPictures[])[],
  field = side,
): ResolvedPicture[] {
  const resolved = pictures.map((picture, i) => resolvePicture(picture, parts[i]!, field));
  const labels = tellApart(resolved.map(({ label }) => label));
  return resolved.map((picture, i) => ({ ...picture, label: labels[i]! }));
}

/** Labels of those that stand in for others. */
export const listSubstitutes = (pictures: readonly ResolvedPicture[]): string[] =>
  pictures.flatMap(({ label, isExact }) => (isExact ? [] : [label]));
