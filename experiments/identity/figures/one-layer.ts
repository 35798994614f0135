import { results } from "#site/results";
import type { TileGrid } from "#site/tiles";
import type { NoiseData } from "./noise.ts";
import { predictions } from "./predictions.ts";

const table = "closed-form";

/** The trained layer above what the closed form says of it. */
export function oneLayer(): TileGrid {
  const trained = predictions("fcn-depth", ["network=1-layer-linear"]);
  const computed = predictions(table);
  const name = (grid: TileGrid, label: string) =>
    grid.frames[0]!.rows.map((row) => ({ ...row, label }));
  const rows = [...name(trained, "trained"), ...name(computed, "computed, not trained")];
  return { ...trained, frames: [{ label: "", rows }] };
}

/** What the trained layer answers besides the training picture, or why it is not known. */
export function noise(): { data: NoiseData | null; reason: string | null } {
  const [row] = results("identity", table);
  const found = row?.out["noise"]?.table;
  if (!found) return { data: null, reason: row?.reason ?? null };
  const points = found["picture"]!.map((picture, i) => ({
    picture: String(picture),
    kind: String(found["kind"]![i]),
    distance: Number(found["distance"]![i]),
    noise: Number(found["noise"]![i]),
  }));
  return { data: { points, deviation: row.out["deviation"]!.value as number }, reason: null };
}
