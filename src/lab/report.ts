import { isConverged } from "../convergence.ts";
import { published, type PublishedMean } from "../published.ts";
import type { RunRecord } from "./record.ts";

/** A run of a study, with its result where there is one. */
export interface ReportRun {
  experiment: string;
  run: string;
  record: RunRecord | null;
}

export interface ReportRow extends PublishedMean {
  experiment: string;
  /** Means over the tests on pixels as displayed; null without a result, or where undefined. */
  ours: { rInput: number | null; rTrain: number | null };
  /** Whether our run reproduces its training picture; null without a result. */
  converged: boolean | null;
  /** Ours − published. */
  difference: { rInput: number | null; rTrain: number | null };
}

export interface Report {
  rows: ReportRow[];
  /** Mean of |ours − published| over the converged rows that have both; null where none has. */
  meanAbsolute: { rInput: number | null; rTrain: number | null };
}

const subtract = (a: number | null, b: number): number | null => (a === null ? null : a - b);

function meanAbsolute(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, value) => sum + Math.abs(value), 0) / known.length;
}

/** Sets our runs beside the published rows, in the order of the figures. */
export function compareWithPublished(
  runs: readonly ReportRun[],
  theirs: Readonly<Record<string, readonly PublishedMean[]>> = published,
): Report {
  const means = Object.entries(theirs).flatMap(([experiment, rows]) =>
    rows.map((row) => ({ experiment, ...row })),
  );
  const rows = means.map((row): ReportRow => {
    const found = runs.find((one) => one.experiment === row.experiment && one.run === row.run);
    const mean = found?.record?.task === "train" ? found.record.metrics?.displayed.mean : undefined;
    const ours = { rInput: mean?.rInput ?? null, rTrain: mean?.rTrain ?? null };
    const difference = {
      rInput: subtract(ours.rInput, row.rInput),
      rTrain: subtract(ours.rTrain, row.rTrain),
    };
    return { ...row, ours, converged: isConverged(found?.record ?? null), difference };
  });
  const converged = rows.filter((row) => row.converged);
  return {
    rows,
    meanAbsolute: {
      rInput: meanAbsolute(converged.map(({ difference }) => difference.rInput)),
      rTrain: meanAbsolute(converged.map(({ difference }) => difference.rTrain)),
    },
  };
}
