import { cividis, diverging, grey, type Rgb } from "./images/colormap.ts";
import { encodePng } from "./images/png.ts";
import type { NumpyArray } from "./npz.ts";
import type { Colours, Picturing } from "./output.ts";

/** Pictures of one array in one PNG, for pages to cut from. */
export interface PictureSheet {
  rows: number;
  columns: number;
  /** Of one picture, in pixels. */
  height: number;
  width: number;
  /** Values at the two ends of the scale, by row. */
  ranges: [number, number][];
  colours: Colours;
}

const colourOf: Record<Colours, (value: number) => Rgb> = { grey, cividis, diverging };

/** More pixels than this are no gallery of small pictures. */
const mostPixels = 16e6;

/** The least and the greatest finite value; [0, 1] where there is none. */
function extent(data: ArrayLike<number>): [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < least) least = value;
    if (value > greatest && value < Infinity) greatest = value;
  }
  return least < Infinity && greatest > -Infinity ? [least, greatest] : [0, 1];
}

function rangeOf(
  data: ArrayLike<number>,
  { range, colours = "grey" }: Picturing,
): [number, number] {
  if (range) return [range[0], range[1]];
  if (colours === "grey") return [0, 1];
  const [least, greatest] = extent(data);
  if (colours === "cividis") return [least, greatest];
  const most = Math.max(-least, greatest);
  return [-most, most];
}

/** One for all rows, or one each. */
function rangesOf(
  data: Exclude<NumpyArray["data"], BigInt64Array>,
  rows: number,
  picturing: Picturing,
): [number, number][] {
  if (picturing.scale !== "row") {
    return new Array<[number, number]>(rows).fill(rangeOf(data, picturing));
  }
  const length = data.length / rows;
  return Array.from({ length: rows }, (_, i) =>
    rangeOf(data.subarray(i * length, (i + 1) * length), picturing),
  );
}

/** Whether dimensions say that an array is pictures: y and x last. */
export const isPictures = (dimensions: readonly string[] | null): boolean =>
  dimensions?.at(-2) === "y" && dimensions.at(-1) === "x";

/**
 * Draws the pictures of an array unscaled and without gaps: the dimension before y and x goes along
 * the columns, those before it down the rows.
 * @returns null where there are none, or too many.
 */
export async function drawPictures(
  { data, shape }: NumpyArray,
  picturing: Picturing,
): Promise<{ sheet: PictureSheet; png: Uint8Array } | null> {
  const [height = 0, width = 0] = shape.slice(-2);
  const columns = shape.at(-3) ?? 1;
  const rows = shape.slice(0, -3).reduce((count, length) => count * length, 1);
  const pixels = rows * columns * height * width;
  if (pixels === 0 || pixels > mostPixels || data instanceof BigInt64Array) return null;
  const { colours = "grey" } = picturing;
  const ranges = rangesOf(data, rows, picturing);
  const colour = colourOf[colours];
  const channels = colours === "grey" ? 1 : 3;
  const bitmap = new Uint8Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const column = Math.floor(i / (width * height)) % columns;
    const row = Math.floor(i / (width * height * columns));
    const at = (row * height + y) * columns * width + column * width + x;
    const [least, greatest] = ranges[row]!;
    const rgb = colour((data[i]! - least) / (greatest - least));
    for (let k = 0; k < channels; k++) bitmap[at * channels + k] = rgb[k]!;
  }
  const png = await encodePng({
    width: columns * width,
    height: rows * height,
    channels,
    data: bitmap,
  });
  return { sheet: { rows, columns, height, width, ranges, colours }, png };
}
