import { createHash } from "node:crypto";
import sharp from "sharp";
import { UserError } from "../../error.ts";
import { split } from "../random.ts";
import type { Dataset } from "./dataset.ts";
import type { DatasetName } from "./dataset.ts";

/** Pen strokes of the digits 0–9, as SVG paths in a box of 28 × 28. */
const strokes = [
  "M14 5C8 5 8 23 14 23S20 5 14 5Z",
  "M11 8L15 5L14 23",
  "M8 9C9 4 20 4 19 10C18 15 10 18 8 23L20 22",
  "M9 6C18 3 20 12 13 13C22 13 20 25 8 22",
  "M11 5L8 15L20 14M17 8L16 24",
  "M19 5L11 6L10 13C20 10 21 23 9 22",
  "M17 5C9 9 7 23 14 23S19 13 9 17",
  "M8 7L20 6L12 24",
  "M14 14C6 11 9 4 14 5S20 11 14 14S7 23 14 23S20 17 14 14Z",
  "M19 9C17 3 8 6 9 11S18 15 19 9L17 24",
];

/** Outlines of the ten garments, body first, then parts in a lighter or darker grey. */
const outlines: string[][] = [
  ["M9 4L3 8L5 13L8 11V25H20V11L23 13L25 8L19 4Q14 8 9 4Z", "M10 4Q14 9 18 4Q14 6 10 4Z"],
  ["M9 2H19L21 26H16L14 9L12 26H7Z"],
  ["M9 4L3 9L2 23H6L8 13V25H20V13L22 23H26L25 9L19 4Q14 7 9 4Z", "M8 22H20V25H8Z"],
  ["M10 2H12L14 5L16 2H18L17 11L22 26H6L11 11Z"],
  ["M9 3L3 8L2 24H6L7 13V26H21V13L22 24H26L25 8L19 3L14 10Z", "M13.5 10H14.5V26H13.5Z"],
  ["M2 19L9 17L13 10L16 10L15 17L26 18L26 21L2 22Z", "M10 13L14 12L14 13L10 15Z"],
  ["M9 4L3 8L4 20H7L8 12V25H20V12L21 20H24L25 8L19 4L14 8Z", "M13.5 8H14.5V25H13.5Z"],
  ["M2 13L6 12L9 15L15 14L20 18L26 19L26 22L2 22Z", "M2 21H26V22.5H2Z"],
  ["M4 12H24L25 25H3Z", "M9 12C9 3 19 3 19 12H17C17 6 11 6 11 12Z"],
  ["M6 4H16L17 14L25 18L25 23H6Z", "M6 21H25V23H6Z"],
];

/** Pictures per class. */
const ranks = 4;

/** A slightly turned, scaled and shifted copy for each rank; the first is as drawn. */
function jitter(name: DatasetName, label: number, rank: number): string {
  const random = split(rank, `${name}/${label}`);
  const spread = (width: number) => (rank === 0 ? 0 : (2 * random.uniform() - 1) * width);
  const [angle, scale, x, y] = [spread(8), 1 + spread(0.08), spread(1), spread(1)];
  return `translate(${14 + x} ${14 + y}) rotate(${angle}) scale(${scale}) translate(-14 -14)`;
}

function content(name: DatasetName, label: number): string {
  if (name === "mnist") {
    return `<path d="${strokes[label]}" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>`;
  }
  const greys = ["#c8c8c8", "#888"];
  return outlines[label]!.map(
    (d, i) => `<path d="${d}" fill="${greys[i]}" stroke="#eee" stroke-width="0.5"/>`,
  ).join("");
}

async function draw(name: DatasetName, label: number, rank: number): Promise<Uint8Array> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"><rect width="28" height="28"/>` +
    `<g transform="${jitter(name, label, rank)}">${content(name, label)}</g></svg>`;
  const grey = sharp(Buffer.from(svg)).flatten({ background: "#000" }).greyscale();
  return new Uint8Array(await grey.raw().toBuffer());
}

/** The built-in stand-in: digits and garments that this project draws, with the same labels. */
export async function openDrawn(name: DatasetName): Promise<Dataset> {
  const pictures = await Promise.all(
    Array.from({ length: 10 * ranks }, (_, i) => draw(name, Math.floor(i / ranks), i % ranks)),
  );
  const hash = createHash("sha256");
  pictures.forEach((pixels) => hash.update(pixels));
  return {
    provenance: { name, source: "drawn", sha256: hash.digest("hex") },
    pick(label, rank) {
      if (rank >= ranks) {
        throw new UserError(`drawn ${name}: expected a rank below ${ranks}, found ${rank}`, {
          hint: "use a smaller rank, or real data by VITRINE_DATA",
        });
      }
      return pictures[label * ranks + rank]!;
    },
  };
}
