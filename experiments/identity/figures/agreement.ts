import type { NumberTable } from "#site/number-table";
import { published, type PublishedMean } from "../published.ts";
import { unconverged } from "./predictions.ts";
import {
  coordinate,
  families,
  nameNetwork,
  type Network,
  networks,
  type PredictionTable,
} from "./runs.ts";
import type { OwnPoint, TransitionData } from "./transition.ts";
import { formatDifference, formatMeasure } from "./words.ts";

/** By table, the network whose published row the training was tuned to meet. */
const tuned: Readonly<Record<string, string>> = { "cnn-depth": "20" };

interface Compared {
  published: string;
  ours: string;
  difference: string;
}

export interface AgreementRow {
  /** e.g. "fully connected, 2 layers, ReLU" */
  label: string;
  /** In words, where the network does not reproduce its training picture; else null. */
  unconverged: string | null;
  /** Whether its training was tuned to meet the published row. */
  tuned: boolean;
  rInput: Compared;
  rTrain: Compared;
}

export interface Agreement {
  rows: AgreementRow[];
  /** Mean absolute differences over the rows that both have, that converged and were not tuned. */
  mean: { rInput: string; rTrain: string };
}

type Outcome = "rInput" | "rTrain";

interface Pair {
  table: PredictionTable;
  theirs: PublishedMean;
  network: Network;
}

function meanAbsolute(differences: readonly (number | null)[]): number | null {
  const known = differences.filter((difference) => difference !== null);
  return known.length > 0 ? known.reduce((sum, d) => sum + Math.abs(d), 0) / known.length : null;
}

function matched(table: PredictionTable): Pair[] {
  const ours = networks(table);
  return (published[table] ?? []).flatMap((theirs) => {
    const network = ours.find(({ row }) => row.at.some(({ slug }) => slug === theirs.at));
    return network ? [{ table, theirs, network }] : [];
  });
}

function difference({ theirs, network }: Pair, of: Outcome): number | null {
  const ours = network.mean?.[of];
  return ours == null ? null : ours - theirs[of];
}

function compare(pair: Pair, of: Outcome): Compared {
  const apart = difference(pair, of);
  return {
    published: formatMeasure(pair.theirs[of]),
    ours: formatMeasure(pair.network.mean?.[of]),
    difference: apart === null ? "–" : formatDifference(apart),
  };
}

const isTuned = ({ table, theirs }: Pair): boolean => tuned[table] === theirs.at;

const nameOf = ({ table, network }: Pair): string =>
  `${families[table]}, ${nameNetwork(network.row)}`;

/** Our means against the published figures', network by network. */
export function agreement(tables: readonly PredictionTable[]): Agreement {
  const pairs = tables.flatMap(matched);
  const counted = pairs.filter((pair) => pair.network.converged && !isTuned(pair));
  const mean = (of: Outcome): string =>
    formatMeasure(meanAbsolute(counted.map((pair) => difference(pair, of))));
  return {
    rows: pairs.map((pair) => ({
      label: nameOf(pair),
      unconverged: unconverged(pair.network),
      tuned: isTuned(pair),
      rInput: compare(pair, "rInput"),
      rTrain: compare(pair, "rTrain"),
    })),
    mean: { rInput: mean("rInput"), rTrain: mean("rTrain") },
  };
}

/** The numbers of the transition: a row for each depth. */
export function transitionTable(table: PredictionTable): NumberTable {
  const theirs = new Map(matched(table).map(({ theirs, network }) => [network.row.key, theirs]));
  const cell = (r: number | null | undefined) => ({
    text: formatMeasure(r),
    range: null,
    isNumber: true,
  });
  return {
    heads: ["layers"],
    columns: ["r identity", "published r identity", "r constant", "published r constant"],
    rows: networks(table).map(({ row, mean }) => {
      const published = theirs.get(row.key);
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
  const theirs = matched(table).map(({ theirs: { rInput, rTrain }, network }) => ({
    layers: Number(coordinate(network.row, "layers")),
    rInput,
    rTrain,
  }));
  // A network that copies shows how much the inputs themselves have in common with the 7.
  const copy = ours.find(({ rInput, converged }) => converged && (rInput ?? 0) > 0.99);
  return { ours, published: theirs, baseline: copy?.rTrain ?? null };
}
