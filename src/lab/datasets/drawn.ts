import sharp from "sharp";
import { type Random, split } from "../random.ts";
import { pixelsPerImage } from "./dataset.ts";
import type { DatasetName } from "./names.ts";
import { garmentShapes, shades, strokes } from "./shapes.ts";

/** Pictures per class in one drawing; taller ones take much longer each. */
const ranks = 8;

/** An even draw around 0. */
const spread = (random: Random, width: number): number => (2 * random.uniform() - 1) * width;

/** Turned, slanted, scaled and shifted a little, about the middle of the picture. */
function jitter(random: Random, amount: number): string {
  const [angle, slant] = [spread(random, 8 * amount), spread(random, 10 * amount)];
  const [width, height] = [
    1 - 0.08 * amount * random.uniform(),
    1 - 0.06 * amount * random.uniform(),
  ];
  const [x, y] = [14 + spread(random, amount), 14 + spread(random, amount)];
  const turn = `rotate(${angle}) skewX(${slant}) scale(${width} ${height})`;
  return `translate(${x} ${y}) ${turn} translate(-14 -14)`;
}

function drawDigit(label: number, random: Random, amount: number): string {
  const pen = 2.5 + spread(random, 0.6 * amount);
  const path = `<path d="${strokes[label]}" fill="none" stroke="#fff" stroke-width="${pen}"/>`;
  return `<g filter="url(#ink)" transform="${jitter(random, amount)}">${path}</g>`;
}

/** Garments stand straighter than digits, and differ in brightness. */
function drawGarment(label: number, random: Random, amount: number): string {
  const transform = jitter(random, amount / 3);
  const opacity = 1 - 0.35 * amount * random.uniform();
  return `<g opacity="${opacity}" transform="${transform}">${garmentShapes[label]}</g>`;
}

export interface DrawnPlace {
  label: number;
  rank: number;
}

/** Classes one below the other, of each the ranks of a block. @returns [10 · ranks · 784] */
async function drawBlock(name: DatasetName, block: number): Promise<Uint8Array> {
  const draw = name === "mnist" ? drawDigit : drawGarment;
  const count = 10 * ranks;
  const tiles = Array.from({ length: count }, (_, i) => {
    const label = Math.floor(i / ranks);
    const rank = block * ranks + (i % ranks);
    const tile = draw(label, split(rank, `${name}/${label}`), rank === 0 ? 0 : 1);
    return `<svg y="${28 * i}" width="28" height="28">${tile}</svg>`;
  });
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="${28 * count}" ` +
    `stroke-linecap="round" stroke-linejoin="round"><defs>${shades}` +
    '<filter id="ink"><feGaussianBlur stdDeviation="0.4"/></filter></defs>' +
    `<rect width="28" height="${28 * count}"/>${tiles.join("")}</svg>`;
  const pixels = new Uint8Array(await sharp(Buffer.from(svg)).extractChannel(0).raw().toBuffer());
  if (pixels.length !== count * pixelsPerImage) throw new Error("drawn at a wrong size");
  return pixels;
}

/**
 * Pictures drawn for this project: the first of each class as designed, the others varied. A picture
 * is the same whichever others are asked for: where it stands in a drawing decides about its edges,
 * so that whole blocks are drawn.
 * @returns [n · 784], 0–255, white on black.
 */
export async function drawPictures(
  name: DatasetName,
  places: readonly DrawnPlace[],
): Promise<Uint8Array> {
  const pixels = new Uint8Array(places.length * pixelsPerImage);
  const blockOf = ({ rank }: DrawnPlace) => Math.floor(rank / ranks);
  for (const block of new Set(places.map(blockOf))) {
    const drawn = await drawBlock(name, block);
    places.forEach((place, i) => {
      if (blockOf(place) !== block) return;
      const at = (place.label * ranks + (place.rank % ranks)) * pixelsPerImage;
      pixels.set(drawn.subarray(at, at + pixelsPerImage), i * pixelsPerImage);
    });
  }
  return pixels;
}
