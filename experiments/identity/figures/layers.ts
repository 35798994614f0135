import { select } from "#site/selection";
import { type TileGrid, tileGrid, type TileRow } from "#site/tiles";
import { unconverged } from "./predictions.ts";
import { nameColumns, type Network, networks } from "./runs.ts";

export interface LayerView {
  id: string;
  /** e.g. "20 layers, untrained" */
  label: string;
  grid: TileGrid;
  /** In words, where the network does not reproduce its training picture; else null. */
  unconverged: string | null;
}

const table = "cnn-layers";

/** @param apart whether a gap follows. */
const name = (row: TileRow, label: string, apart: boolean): TileRow => ({
  ...row,
  label,
  href: null,
  apart,
});

function viewLayers(network: Network): LayerView {
  const { row } = network;
  const slug = row.at.map(({ slug }) => slug).join("-");
  const address = `${table}/network=${slug}`;
  const hidden = tileGrid(select("identity", `${address}/maps`), {
    inputs: "pictures/inputs",
    inputsLabel: "input",
  });
  const outputs = tileGrid(select("identity", `${address}/pictures/outputs`));
  const last = hidden.frames[0]!.rows.length - 1;
  const rows =
    "maps" in row.out && row.out.maps
      ? [
          ...hidden.frames[0]!.rows.map((map, i) => name(map, `layer ${i + 1}`, i === last)),
          ...outputs.frames[0]!.rows.map((tiles) => name(tiles, "output", false)),
        ]
      : hidden.frames[0]!.rows;
  return {
    id: slug,
    label: row.label,
    grid: {
      ...hidden,
      columns: nameColumns(hidden.columns),
      frames: [{ label: "", rows }],
      scale: null,
    },
    unconverged: unconverged(network),
  };
}

/**
 * What every layer of each network shows: the input, the hidden layers, the output. The table goes
 * from the untrained network to the deepest trained one; this one, which the text is about, is first.
 */
export const layerViews = (): LayerView[] => networks(table).reverse().map(viewLayers);
