import { join } from "node:path";
import sharp from "sharp";
import { expect } from "vitest";
import { readArrays } from "#site/arrays";
import { type RowView, siteIndex } from "#site/results";
import { factsOf } from "../figures/facts.ts";
import { type Network, networks, type NetworkTable } from "../figures/runs.ts";

/** Why the results at hand cannot bear what the article says of them; null where they can. */
function findObstacle(): string | null {
  try {
    const { profile, studies } = siteIndex();
    if (!studies.some(({ id }) => id === "identity")) return "the study has no results";
    if (profile === "quick") return "results of a first look";
  } catch {
    return "nothing has been published";
  }
  const drawn = factsOf(["fcn-depth", "cnn-depth"]).find((fact) => fact.startsWith("drawn"));
  return drawn ?? null;
}

export const obstacle = findObstacle();
/** For the title of what is skipped. */
export const reason = obstacle === null ? "" : ` (skipped: ${obstacle})`;

/** The network at a coordinate, which must give back its training picture to count. */
export function converged(table: NetworkTable, slug: string | number): Network {
  const network = networks(table).find(({ row }) =>
    row.at.some((coordinate) => coordinate.slug === `${slug}`),
  );
  expect(network?.converged, `${table}/${slug} reproduces its training picture`).toBe(true);
  return network!;
}

/** A picture as pages show it: [y][x] in [0, 1]. */
export type Tile = number[][];

/** Grey pictures of a row by their names, from the sheet that pages show. */
export async function readTiles(
  { out }: RowView,
  array: "inputs" | "outputs",
): Promise<Map<string, Tile>> {
  const { sheet, labels } = out["pictures"]!.arrays[array]!;
  const { width, height, src } = sheet!;
  const path = join(process.env["VITRINE_PUBLIC"] || "public", src);
  const { data, info } = await sharp(path)
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const tile = (place: number): Tile =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => data[y * info.width + place * width + x]! / 255),
    );
  expect([info.height, info.channels]).toEqual([height, 1]);
  return new Map(labels!["picture"]!.map((name, place) => [name, tile(place)]));
}

/** Values of the hidden maps of a row: [layer][picture][pixel]. */
export function readMaps({ out }: RowView): Float32Array[][] {
  const { data, shape } = readArrays(out["maps"]!)!["maps"]!;
  const [layers, pictures, height, width] = shape as [number, number, number, number];
  const pixels = height * width;
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: pictures }, (_, picture) => {
      const start = (layer * pictures + picture) * pixels;
      return (data as Float32Array).slice(start, start + pixels);
    }),
  );
}
