import { grey, type Rgb } from "./colormap.ts";
import { type Bitmap, encodePng } from "./png.ts";

/** Width and height of one picture. */
export const tileSide = 28;

/** [784], rows from the top. */
export type Tile = ArrayLike<number>;

/**
 * Puts tiles into one bitmap, unscaled and without gaps.
 * @param rows rows of equally many tiles
 * @param colour the colour of a value in the row of that index; only red is kept of 1 channel
 * @throws RangeError if a row is shorter or longer than the first, or a tile is not 28×28.
 */
export function tileSheet(
  rows: Tile[][],
  channels: 1 | 3,
  colour: (value: number, row: number) => Rgb,
): Bitmap {
  const columns = rows[0]?.length ?? 0;
  const [width, height] = [columns * tileSide, rows.length * tileSide];
  const data = new Uint8Array(width * height * channels);
  for (const [r, row] of rows.entries()) {
    if (row.length !== columns || columns === 0) {
      throw new RangeError(`row ${r} has ${row.length} tiles, the first has ${columns}`);
    }
    for (const [c, tile] of row.entries()) {
      if (tile.length !== tileSide ** 2) throw new RangeError(`a tile of ${tile.length} pixels`);
      for (let pixel = 0; pixel < tile.length; pixel++) {
        const y = r * tileSide + Math.floor(pixel / tileSide);
        const x = c * tileSide + (pixel % tileSide);
        const rgb = colour(tile[pixel]!, r);
        for (let k = 0; k < channels; k++) data[(y * width + x) * channels + k] = rgb[k]!;
      }
    }
  }
  return { width, height, channels, data };
}

/** One row of grey tiles as PNG. @param tiles rows of [784], in [0, 1]. */
export const drawTiles = (tiles: Tile[]): Promise<Uint8Array> =>
  encodePng(tileSheet([tiles], 1, grey));
