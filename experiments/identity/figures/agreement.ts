import type { NumberTable } from "#site/number-table";
import { published, type PublishedMean } from "../published.ts";
import { summarise } from "#site/aggregate";
import type { AgainstPoint } from "./against.ts";
import type { Outcome } from "./outcomes.ts";
import { unconverged } from "./predictions.ts";
import { type Repeat, repeatOf, repeatsOf } from "./repeats.ts";
import {
  coordinate,
  families,
  nameNetwork,
  type Network,
  networks,
  type PredictionTable,
  type RepeatTable,
} from "./runs.ts";
import type { OwnPoint, TransitionData } from "./transition.ts";
import { formatDifference, formatMeasure } from "./words.ts";

/** Tables that repeat published rows; "fcn-grey" is the same five networks by another protocol. */
export type ComparedTable = PredictionTable | "fcn-grey";

/** Where the networks of a table start from other initial weights. */
const repeated: Readonly<Record<ComparedTable, RepeatTable>> = {
  "fcn-depth": "fcn-seeds",
  "fcn-grey": "fcn-grey",
  "cnn-depth": "cnn-seeds",
};

const names: Readonly<Record<ComparedTable, string>> = {
  ...families,
  "fcn-grey": "fully connected, grey levels",
};

/** By table, the network whose published row the training was tuned to meet. */
const tuned: Readonly<Record<string, string>> = { "cnn-depth": "20" };

/** A published row and ours. */
export interface Compared {
  table: ComparedTable;
  /** e.g. "fully connected, 2 layers, ReLU" */
  label: string;
  /** e.g. "CNN 19-layer", as the published figure names it. */
  theirs: PublishedMean;
  /** Trainings from different initial weights that give back their training picture. */
  repeats: Repeat[];
  /** In words, where the network shown does not reproduce its training picture; else null. */
  unconverged: string | null;
  /** Whether its training was tuned to meet the published row. */
  tuned: boolean;
}

/** Mean of ours over the initial weights; null where nothing converged. */
const ourMean = ({ repeats }: Compared, of: Outcome): number | null =>
  summarise(repeats.flatMap((repeat) => repeat[of] ?? []))?.mean ?? null;

const slugOf = (at: Repeat["at"]): string | undefined => at["network"] ?? at["layers"];

/** Published rows with those of ours that repeat them. */
export function compared(table: ComparedTable): Compared[] {
  const ours = networks(table);
  const all = repeatsOf(repeated[table]).filter(({ converged }) => converged);
  return published[table]!.flatMap((theirs): Compared[] => {
    const network = ours.find(({ row }) =>
      row.at.some(({ axis, slug }) => axis !== "seed" && slug === theirs.at),
    );
    if (!network) return [];
    const others = all.filter(({ at }) => slugOf(at) === theirs.at);
    const shown = repeatOf(network);
    return [
      {
        table,
        label: `${names[table]}, ${nameCompared(network)}`,
        theirs,
        repeats: others.length === 0 && shown?.converged ? [shown] : others,
        unconverged: unconverged(network),
        tuned: tuned[table] === theirs.at,
      },
    ];
  });
}

/** e.g. "2 layers, ReLU", whichever seed it has. */
function nameCompared({ row }: Network): string {
  const network = row.at.find(({ axis }) => axis === "network");
  return network ? network.label : nameNetwork(row);
}

/** Ours less the published mean; null where nothing of ours converged. */
export function differenceOf(pair: Compared, of: Outcome): number | null {
  const ours = ourMean(pair, of);
  return ours === null ? null : ours - pair.theirs[of];
}

/** Mean absolute difference over rows whose training was not tuned; null where there is none. */
export const meanDifference = (pairs: readonly Compared[], of: Outcome): number | null =>
  summarise(
    pairs
      .filter(({ tuned }) => !tuned)
      .flatMap((pair) => differenceOf(pair, of) ?? [])
      .map(Math.abs),
  )?.mean ?? null;

/** Published, ours and difference as they are written. */
export function tellCompared(
  pair: Compared,
  of: Outcome,
): { published: string; ours: string; difference: string } {
  const difference = differenceOf(pair, of);
  return {
    published: formatMeasure(pair.theirs[of]),
    ours: formatMeasure(ourMean(pair, of)),
    difference: difference === null ? "–" : formatDifference(difference),
  };
}

/** The numbers of the transition: a row for each depth. */
export function transitionTable(table: PredictionTable): NumberTable {
  const theirs = new Map(published[table]!.map((row) => [row.at, row]));
  const cell = (r: number | null | undefined) => ({
    text: formatMeasure(r),
    range: null,
    isNumber: true,
  });
  return {
    heads: ["layers"],
    columns: ["r identity", "published r identity", "r constant", "published r constant"],
    rows: networks(table).map(({ row, mean }) => {
      const published = theirs.get(row.at[0]!.slug);
      const means = [mean?.rInput, published?.rInput, mean?.rTrain, published?.rTrain];
      return {
        heads: [String(coordinate(row, "layers"))],
        href: `/runs/${row.key}/`,
        status: row.status,
        reason: row.reason,
        cells: means.map(cell),
      };
    }),
  };
}

/** Means by depth of the rows that have any. */
export const meansByDepth = (table: "cnn-depth" | "mosaic"): OwnPoint[] =>
  networks(table).flatMap(({ row, mean, converged }): OwnPoint[] => {
    const layers = Number(coordinate(row, "layers"));
    if (!mean) return [];
    return [{ layers, rInput: mean.rInput, rTrain: mean.rTrain, converged: converged !== false }];
  });

/** Ours and the published means by depth; a run without a result leaves a gap. */
export function transition(table: "cnn-depth"): TransitionData {
  const ours = meansByDepth(table);
  const theirs = published[table]!.map(({ at, rInput, rTrain }) => ({
    layers: Number(at),
    rInput,
    rTrain,
  }));
  const others = compared(table).map(({ theirs, repeats }) => ({
    layers: Number(theirs.at),
    repeats,
  }));
  // A network that copies shows how much the inputs themselves have in common with the 7.
  const copy = ours.find(({ rInput, converged }) => converged && (rInput ?? 0) > 0.99);
  return { ours, others, published: theirs, baseline: copy?.rTrain ?? null };
}

/** All means as points of a plot. */
export const againstPoints = (): AgainstPoint[] =>
  (Object.keys(names) as ComparedTable[]).flatMap((table) =>
    compared(table).flatMap((pair) =>
      (["rInput", "rTrain"] as const).flatMap((outcome): AgainstPoint[] => {
        const values = pair.repeats.flatMap((repeat) => repeat[outcome] ?? []);
        const ours = ourMean(pair, outcome);
        if (ours === null) return [];
        return [
          {
            label: pair.theirs.label,
            series: names[table] as AgainstPoint["series"],
            outcome,
            published: pair.theirs[outcome],
            ours,
            least: Math.min(...values),
            greatest: Math.max(...values),
            tuned: pair.tuned,
          },
        ];
      }),
    ),
  );
