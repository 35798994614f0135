import { cividis, grey } from "./colormap.ts";
import { encodePng } from "./png.ts";
import { tileSheet, type Tile } from "./sheet.ts";

/** The least and the greatest value among the pictures of one layer. */
export function layerScale(maps: Tile[]): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const map of maps) {
    for (let i = 0; i < map.length; i++) {
      least = Math.min(least, map[i]!);
      greatest = Math.max(greatest, map[i]!);
    }
  }
  return [least, greatest];
}

/**
 * What every layer shows, as PNG: a column per picture; rows are the input, each hidden layer, the
 * output. Input and output are grey; each hidden layer has one linear scale, `layerScale`, for all
 * its pictures, in cividis. A layer without any contrast takes the lowest colour.
 * @param sheet.inputs, sheet.outputs rows of [784], in [0, 1]
 * @param sheet.hidden per layer, rows of [784] on any scale
 */
export function drawLayerSheet(sheet: {
  inputs: Tile[];
  hidden: Tile[][];
  outputs: Tile[];
}): Promise<Uint8Array> {
  const { inputs, hidden, outputs } = sheet;
  const scales = hidden.map(layerScale);
  const bitmap = tileSheet([inputs, ...hidden, outputs], 3, (value, row) => {
    const scale = scales[row - 1];
    if (!scale) return grey(value);
    const [least, greatest] = scale;
    return cividis((value - least) / (greatest - least));
  });
  return encodePng(bitmap);
}
