import type { PlotSize } from "#plots/svg";
import type { NumberTable } from "#site/number-table";
import { formatNumber } from "#site/numbers";
import { labelsBySlug, recordedRows } from "#site/recorded";
import { results } from "#site/results";
import { variants } from "../variants.ts";
import { plotOutcomes } from "./outcome-dots.ts";
import { type Repeat, repeatsOf } from "./repeats.ts";
import { formatMeasure } from "./words.ts";

/** The change to which the others are compared. */
const reference = "as shown";

/** Trainings under one change, at one depth. */
export interface Decided extends Repeat {
  layers: number;
  change: string;
  seed: number;
  /** Largest eigenvalue of the loss's Hessian where it ended; null where it was not measured. */
  sharpness: number | null;
}

type At = Repeat["at"];
const placeOf = ({ layers, change, seed }: At): string => [layers, change, seed].join(", ");

function sharpnessByPlace(): Map<string, number> {
  const recorded = recordedRows("identity", "sharpness").map(
    ({ at, values }) => [placeOf(at), values["sharpness/eigenvalue"]] as const,
  );
  const made = results("identity", "sharpness").map(({ at, out }) => {
    const slugs = Object.fromEntries(at.map(({ axis, slug }) => [axis, slug]));
    return [placeOf(slugs), out.sharpness?.value.eigenvalue] as const;
  });
  const known = [...recorded, ...made].flatMap(([place, value]): [string, number][] =>
    value == null ? [] : [[place, value]],
  );
  return new Map(known);
}

/** By depth, then in the order in which the changes are declared; depths at which nothing was changed are left out. */
export function decided(): Decided[] {
  const changes = Object.keys(variants);
  const names = labelsBySlug(changes);
  const sharpness = sharpnessByPlace();
  const all = repeatsOf("decides").map((repeat): Decided => ({
    ...repeat,
    layers: Number(repeat.at["layers"]),
    change: names.get(repeat.at["change"]!) ?? repeat.at["change"]!,
    seed: Number(repeat.at["seed"]),
    sharpness: sharpness.get(placeOf(repeat.at)) ?? null,
  }));
  const order = ({ layers, change, seed }: Decided): number =>
    (layers * changes.length + changes.indexOf(change)) * 1000 + seed;
  const isCompared = ({ layers }: Decided): boolean =>
    all.some((other) => other.layers === layers && other.change !== reference);
  return all.filter(isCompared).sort((a, b) => order(a) - order(b));
}

/** r identity and r constant of all changes, a panel per depth. */
export const plotDecided = (trainings: readonly Decided[], size: PlotSize): string =>
  plotOutcomes(
    trainings.map(({ layers, change, ...outcome }) => ({
      ...outcome,
      panel: `${layers} layers`,
      row: change,
    })),
    { label: "One thing changed at a time.", reference, size },
  );

const columns = ["r identity", "r constant", "loss", "sharpness", "numbers"];

/** All numbers, a row for each training. */
export const tableOfDecided = (trainings: readonly Decided[]): NumberTable => ({
  heads: ["layers", "change", "seed"],
  columns,
  rows: trainings.map(({ layers, change, seed, converged, recorded, ...of }) => ({
    heads: [String(layers), change, String(seed)],
    href: null,
    status: "done",
    reason: null,
    cells: [
      formatMeasure(of.rInput),
      formatMeasure(of.rTrain),
      `${formatNumber(of.loss, 2)}${converged ? "" : ", not converged"}`,
      formatNumber(of.sharpness, 3),
      recorded ? "recorded" : "of this build",
    ].map((text, i) => ({ text, range: null, isNumber: i < columns.length - 1 })),
  })),
});
