import { formatNumber, plural } from "#site/numbers";
import { select } from "#site/selection";
import { type Tile, type TileGrid, tileGrid, type TileRow } from "#site/tiles";
import { outcomes } from "./outcomes.ts";
import {
  type Measures,
  measuresOf,
  nameColumns,
  nameNetwork,
  type Network,
  networks,
  type PictureRow,
  type PictureTable,
} from "./runs.ts";
import { formatMeasure } from "./words.ts";

/** e.g. "not converged: loss 0.3 after 2,000 steps"; null where there is nothing to warn of. */
export function unconverged({
  converged,
  training,
}: Pick<Network, "converged" | "training">): string | null {
  if (converged !== false || !training) return null;
  const { loss, steps } = training;
  return `not converged: loss ${formatNumber(loss, 2)} after ${plural(steps, "step")}`;
}

/** r constant far from 0 on both sides, of which a mean says nothing, e.g. "r constant −0.89 to 1.00". */
function bothSigns(network: Network<PictureRow>): string | null {
  const tests = measuresOf(network.row).slice(1);
  const constants = tests.flatMap(({ rTrain }) => rTrain ?? []);
  const [least, greatest] = [Math.min(...constants), Math.max(...constants)];
  if (constants.length === 0 || least > -0.5 || greatest < 0.5) return null;
  return `r constant ${formatMeasure(least)} to ${formatMeasure(greatest)}`;
}

/** The measures of a tile, written out for its tip. */
const describe = ({ rInput, rTrain, gain, mse }: Measures): Tile["measures"] => [
  ...outcomes.map(({ of, label, colour }) => ({
    label,
    colour,
    text: formatMeasure({ rInput, rTrain }[of]),
  })),
  { label: "gain", text: formatMeasure(gain), colour: "inherit" },
  { label: "MSE", text: formatNumber(mse, 2), colour: "inherit" },
];

function tellRow(row: TileRow, network: Network<PictureRow>, columns: readonly string[]): TileRow {
  const measures = measuresOf(network.row);
  const { mean } = network;
  const label = nameNetwork(network.row);
  return {
    ...row,
    label,
    note: unconverged(network) ?? bothSigns(network),
    tiles: row.tiles.map((tile, i) => {
      const told = measures[i] ? describe(measures[i]) : [];
      const said = told.slice(0, outcomes.length).map(({ label, text }) => `${label} ${text}`);
      return {
        ...tile,
        measures: told,
        alt: [`${label}, ${columns[i]}: output`, ...said].join(", "),
      };
    }),
    bars: mean ? outcomes.map(({ of, label, mark }) => ({ label, mark, value: mean[of] })) : [],
  };
}

/** The training picture first, then the tests by their outputs' r constant in the first row. */
export function sortByConstant(table: PictureTable, grid: TileGrid): TileGrid {
  const [first] = grid.frames[0]!.rows;
  const network = networks(table).find(({ row }) => `/runs/${row.key}/` === first?.href);
  const measures = network ? measuresOf(network.row) : [];
  const order = grid.columns.map((_, i) => i);
  const constant = (i: number): number => (i === 0 ? Infinity : (measures[i]?.rTrain ?? -Infinity));
  order.sort((a, b) => constant(b) - constant(a));
  const sort = (row: TileRow): TileRow => ({
    ...row,
    tiles: order.flatMap((i) => row.tiles[i] ?? []),
  });
  return {
    ...grid,
    columns: order.map((i) => grid.columns[i]!),
    inputs: grid.inputs && sort(grid.inputs),
    frames: grid.frames.map((frame) => ({ ...frame, rows: frame.rows.map(sort) })),
  };
}

/**
 * Outputs of the networks of a table: a row for each, a column for each picture, the training
 * picture first; rows end in the means over the tests.
 * @param only addresses of networks by their coordinates, e.g. ["network=6-layers-relu"].
 */
export function predictions(table: PictureTable, only?: readonly string[]): TileGrid {
  const grid = tileGrid(select("identity", `${table}/pictures/outputs`), {
    inputs: "pictures/inputs",
    inputsLabel: "input",
  });
  const columns = nameColumns(grid.columns);
  const known = new Map(networks(table).map((network) => [`/runs/${network.row.key}/`, network]));
  const isWanted = ({ row: { at } }: Network<PictureRow>): boolean =>
    !only || at.some(({ axis, slug }) => only.includes(`${axis}=${slug}`));
  const rows = grid.frames[0]!.rows.flatMap((row) => {
    const network = known.get(row.href ?? "");
    return network && isWanted(network) ? [tellRow(row, network, columns)] : [];
  });
  return {
    ...grid,
    columns,
    frames: [{ label: "", rows }],
    barNames: outcomes.map(({ label, colour }) => ({ label, colour })),
    barRange: [0, 1],
  };
}
