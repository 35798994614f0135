import sharp from "sharp";
import { type Random, split } from "../random.ts";
import { createDataset, type Dataset, type DatasetName, pixelsPerImage } from "./dataset.ts";
import { garmentShapes, shades, strokes } from "./shapes.ts";

/** Pictures per class. */
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

/**
 * The built-in stand-in for a data set: digits and garments drawn for this project, with the same
 * labels; the first of each class as designed, the others varied, the same on every call.
 */
export async function openDrawn(name: DatasetName): Promise<Dataset> {
  const draw = name === "mnist" ? drawDigit : drawGarment;
  const labels = Uint8Array.from({ length: 10 * ranks }, (_, i) => Math.floor(i / ranks));
  const tiles = Array.from(labels, (label, i) => {
    const rank = i % ranks;
    const tile = draw(label, split(rank, `${name}/${label}`), rank === 0 ? 0 : 1);
    return `<svg y="${28 * i}" width="28" height="28">${tile}</svg>`;
  });
  const height = 28 * labels.length;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="${height}" ` +
    `stroke-linecap="round" stroke-linejoin="round"><defs>${shades}` +
    '<filter id="ink"><feGaussianBlur stdDeviation="0.4"/></filter></defs>' +
    `<rect width="28" height="${height}"/>${tiles.join("")}</svg>`;
  const pixels = new Uint8Array(await sharp(Buffer.from(svg)).extractChannel(0).raw().toBuffer());
  if (pixels.length !== labels.length * pixelsPerImage) throw new Error("drawn at a wrong size");
  return createDataset(name, "drawn", { pixels, labels, hashed: pixels });
}
