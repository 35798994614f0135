import type { Bar } from "#plots/bar-glyph";
import type { Tile } from "#site/tiles";
import { outcomes } from "./outcomes.ts";
import { predictions, unconverged } from "./predictions.ts";
import { measuresOf, nameNetwork, networks } from "./runs.ts";

export interface HeroStep {
  tile: Tile;
  label: string;
  alt: string;
  /** In words, where the network does not reproduce its training picture; else null. */
  unconverged: string | null;
  /** Of this one picture as shown; none for the input. */
  bars: Bar[];
}

/** One test picture through all convolutional networks, the input first; runs without a picture are left out. */
export function heroSteps(picture: string): HeroStep[] {
  const { columns, inputs, frames } = predictions("cnn-depth");
  const column = columns.indexOf(picture);
  const input = inputs?.tiles[column];
  if (!input) return [];
  const start = { label: "input", alt: `input: ${picture}`, unconverged: null, bars: [] };
  const steps = networks("cnn-depth").flatMap((network): HeroStep[] => {
    const href = `/runs/${network.row.key}/`;
    const tile = frames[0]!.rows.find((row) => row.href === href)?.tiles[column];
    const measures = measuresOf(network.row)[column];
    if (!tile || !measures) return [];
    const label = nameNetwork(network.row);
    return [
      {
        tile,
        label,
        alt: `${picture} after ${label}`,
        unconverged: unconverged(network),
        bars: outcomes.map(({ of, label, mark }) => ({ label, mark, value: measures[of] })),
      },
    ];
  });
  return [{ tile: input, ...start }, ...steps];
}
