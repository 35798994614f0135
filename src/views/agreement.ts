import type { OwnPoint, TransitionData } from "../plots/transition.ts";
import { published, type PublishedMean } from "../published.ts";
import { resultsOf, type ResultRow } from "../results.ts";
import { unconverged } from "./convergence.ts";
import { formatDifference, formatNumber, modelLabel } from "./words.ts";

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

type Measure = "rInput" | "rTrain";

const meansOf = (row: ResultRow<"train"> | undefined) => row?.record?.metrics?.displayed.mean;

const families = { fcn: "fully connected", cnn: "convolutional" };

function meanAbsolute(differences: (number | null)[]): number | null {
  const known = differences.filter((difference) => difference !== null);
  return known.length > 0 ? known.reduce((sum, d) => sum + Math.abs(d), 0) / known.length : null;
}

function matched(experimentId: string) {
  const { rows } = resultsOf("train", experimentId);
  return (published[experimentId] ?? []).flatMap((theirs) => {
    const row = rows.find(({ name }) => name === theirs.run);
    return row ? [{ theirs, row }] : [];
  });
}

function difference(row: ResultRow<"train">, theirs: PublishedMean, of: Measure): number | null {
  const ours = meansOf(row)?.[of];
  return ours == null ? null : ours - theirs[of];
}

/** Our means against the published figures', run by run. */
export function agreement(experimentIds: readonly string[]): Agreement {
  const pairs = experimentIds.flatMap(matched);
  const compare = ({ theirs, row }: (typeof pairs)[number], of: Measure): Compared => {
    const apart = difference(row, theirs, of);
    return {
      published: formatNumber(theirs[of]),
      ours: formatNumber(meansOf(row)?.[of] ?? null),
      difference: apart === null ? "–" : formatDifference(apart),
    };
  };
  const counted = pairs.filter(({ row }) => row.converged);
  const mean = (of: Measure) =>
    formatNumber(meanAbsolute(counted.map(({ theirs, row }) => difference(row, theirs, of))));
  return {
    rows: pairs.map((pair) => ({
      unconverged: unconverged(pair.row),
      label: `${families[pair.row.spec.model.kind]}, ${modelLabel(pair.row.spec.model)}`,
      rInput: compare(pair, "rInput"),
      rTrain: compare(pair, "rTrain"),
    })),
    mean: { rInput: mean("rInput"), rTrain: mean("rTrain") },
  };
}

/** Ours and the published means by depth; a run without a result leaves a gap. */
export function transition(experimentId: string): TransitionData {
  const { rows } = resultsOf("train", experimentId);
  const ours = rows.flatMap((row): OwnPoint[] => {
    const mean = meansOf(row);
    const { layers } = row.spec.model;
    if (!mean) return [];
    const { rInput, rTrain } = mean;
    return [{ layers, rInput, rTrain, converged: row.converged !== false }];
  });
  const theirs = matched(experimentId).map(({ theirs: { rInput, rTrain }, row }) => ({
    layers: row.spec.model.layers,
    rInput,
    rTrain,
  }));
  // A network that copies shows how much the inputs themselves have in common with the 7.
  const copy = ours.find(({ rInput, converged }) => converged && (rInput ?? 0) > 0.99);
  return { ours, published: theirs, baseline: copy?.rTrain ?? null };
}
