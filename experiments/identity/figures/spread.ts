import type { PlotSize } from "#plots/svg";
import type { NumberTable } from "#site/number-table";
import { plural } from "#site/numbers";
import { findTable } from "#site/results";
import { type OutcomePoint, plotOutcomes } from "./outcome-dots.ts";
import { type Repeat, repeatsOf } from "./repeats.ts";
import type { RepeatTable } from "./runs.ts";
import { formatMeasure } from "./words.ts";

/** What networks of one kind become from other initial weights, or other training pictures. */
export interface Spread {
  /** e.g. "6 layers, ReLU" */
  network: string;
  /** The axis along which they differ. */
  over: "seed" | "picture";
  repeats: Repeat[];
}

interface Source {
  table: RepeatTable;
  axis: "network" | "layers";
  over: Spread["over"];
}

const sources: readonly Source[] = [
  { table: "fcn-seeds", axis: "network", over: "seed" },
  { table: "cnn-seeds", axis: "layers", over: "seed" },
  { table: "fcn-trained-on", axis: "network", over: "picture" },
  { table: "cnn-trained-on", axis: "layers", over: "picture" },
];

const titles = { seed: "initial weights", picture: "training pictures" };

const nameNetwork = (axis: Source["axis"], label: string): string =>
  axis === "layers" ? `CNN, ${plural(Number(label), "layer")}` : `FCN, ${label}`;

/** Trainings of a table by the network that they share, shallow ones first. */
function spreadsOf({ table, axis, over }: Source): Spread[] {
  const declared = findTable("identity", table).axes.find(({ name }) => name === axis)!.values;
  const labels = new Map(declared.map(({ slug, label }) => [slug, label]));
  const groups = Map.groupBy(repeatsOf(table), ({ at }) => at[axis]!);
  const place = (slug: string): number =>
    axis === "layers" ? Number(slug) : [...labels.keys()].indexOf(slug);
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([slug, repeats]) => ({
      network: nameNetwork(axis, labels.get(slug) ?? slug),
      over,
      repeats,
    }));
}

/** Fully connected networks first. */
export const spreads = (): Spread[] => sources.flatMap(spreadsOf);

/** A row per network, a dot per training. */
export function plotSpreads(all: readonly Spread[], size: PlotSize): string {
  const points = all.flatMap(({ network, over, repeats }) =>
    repeats.map((repeat): OutcomePoint => ({ ...repeat, panel: titles[over], row: network })),
  );
  return plotOutcomes(points, { label: "The same networks, trained again.", size });
}

/** Least and greatest of what converged, e.g. "0.93 to 0.95". */
export function rangeOf(repeats: readonly Repeat[], of: "rInput" | "rTrain"): string {
  const known = repeats.flatMap((repeat) => (repeat.converged ? (repeat[of] ?? []) : []));
  if (known.length === 0) return formatMeasure(null);
  const [least, greatest] = [Math.min(...known), Math.max(...known)].map(formatMeasure);
  return least === greatest ? least! : `${least} to ${greatest}`;
}

/** Ranges as a table. */
export const tableOfSpreads = (all: readonly Spread[]): NumberTable => ({
  heads: ["network", "over"],
  columns: ["trainings", "converged", "recorded", "r identity", "r constant"],
  rows: all.map(({ network, over, repeats }) => ({
    heads: [network, titles[over]],
    href: null,
    status: "done",
    reason: null,
    cells: [
      String(repeats.length),
      String(repeats.filter(({ converged }) => converged).length),
      String(repeats.filter(({ recorded }) => recorded).length),
      rangeOf(repeats, "rInput"),
      rangeOf(repeats, "rTrain"),
    ].map((text) => ({ text, range: null, isNumber: true })),
  })),
});
