import type { LinesData } from "#plots/lines";
import type { TileGrid, TileRow } from "#site/tiles";
import { meansByDepth } from "./agreement.ts";
import { outcomes } from "./outcomes.ts";
import { predictions } from "./predictions.ts";
import type { DepthPoint, OwnPoint } from "./transition.ts";

/** Depths of which pictures are shown. */
const shown = [1, 5, 9, 14, 20];

export interface Comparison {
  /** e.g. "r identity" */
  outcome: string;
  data: LinesData;
}

/** Means by depth, a plot for each outcome; a network that did not converge leaves a gap. */
export function comparisons(
  trained: readonly OwnPoint[],
  patches: readonly DepthPoint[],
): Comparison[] {
  const values = [...trained, ...patches].flatMap(({ rInput, rTrain }) => [
    rInput ?? 0,
    rTrain ?? 0,
  ]);
  const range = [Math.min(0, ...values), 1] as const;
  return outcomes.map(({ of, label, mark, colour }) => {
    const line = (name: string, mark: string, text: string, points: readonly DepthPoint[]) => ({
      name,
      mark,
      text,
      runs: [points.map((point) => ({ x: point.layers, y: point[of] }))],
      band: [],
    });
    const reached = trained.map((point) => (point.converged ? point : { ...point, [of]: null }));
    return {
      outcome: label,
      data: {
        title: `Mean ${label} against layers, of trained networks and of nearest patches`,
        x: { label: "layers", log: false, range: null },
        y: { label: "mean over the tests", log: false, range },
        dots: true,
        lines: [
          line("trained", mark, colour, reached),
          line("patches", "var(--ink)", "var(--ink)", patches),
        ],
      },
    };
  });
}

export const mosaicPlots = (): Comparison[] =>
  comparisons(meansByDepth("cnn-depth"), meansByDepth("mosaic"));

/** Outputs of trained networks, each above what nearest patches of its width give. */
export function mosaicTiles(): TileGrid {
  const rowOf = (table: "cnn-depth" | "mosaic", layers: number, what: string): TileRow[] =>
    predictions(table, [`layers=${layers}`]).frames[0]!.rows.map((row) => ({
      ...row,
      label: `${row.label}, ${what}`,
    }));
  const rows = shown.flatMap((layers) => [
    ...rowOf("cnn-depth", layers, "trained"),
    ...rowOf("mosaic", layers, "patches").map((row) => ({ ...row, apart: true })),
  ]);
  return { ...predictions("mosaic"), frames: [{ label: "", rows }] };
}
