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
  rInput: Compared;
  rTrain: Compared;
}

export interface Agreement {
  rows: AgreementRow[];
  /** Mean absolute differences over the rows that both have and that converged. */
  mean: { rInput: string; rTrain: string };
}

type Outcome = "rInput" | "rTrain";

interface Pair {
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
    return network ? [{ theirs, network }] : [];
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

/** Our means against the published figures', network by network. */
export function agreement(tables: readonly PredictionTable[]): Agreement {
  const pairs = tables.flatMap((table) => matched(table).map((pair) => ({ table, ...pair })));
  const counted = pairs.filter(({ network }) => network.converged);
  const mean = (of: Outcome): string =>
    formatMeasure(meanAbsolute(counted.map((pair) => difference(pair, of))));
  return {
    rows: pairs.map(({ table, ...pair }) => ({
      label: `${families[table]}, ${nameNetwork(pair.network.row)}`,
      unconverged: unconverged(pair.network),
      rInput: compare(pair, "rInput"),
      rTrain: compare(pair, "rTrain"),
    })),
    mean: { rInput: mean("rInput"), rTrain: mean("rTrain") },
  };
}

/** Ours and the published means by depth; a run without a result leaves a gap. */
export function transition(table: PredictionTable): TransitionData {
  const ours = networks(table).flatMap(({ row, mean, converged }): OwnPoint[] => {
    const layers = Number(coordinate(row, "layers"));
    if (!mean) return [];
    return [{ layers, rInput: mean.rInput, rTrain: mean.rTrain, converged: converged !== false }];
  });
  const theirs = matched(table).map(({ theirs: { rInput, rTrain }, network }) => ({
    layers: Number(coordinate(network.row, "layers")),
    rInput,
    rTrain,
  }));
  // A network that copies shows how much the inputs themselves have in common with the 7.
  const copy = ours.find(({ rInput, converged }) => converged && (rInput ?? 0) > 0.99);
  return { ours, published: theirs, baseline: copy?.rTrain ?? null };
}
