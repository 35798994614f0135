import { formatNumber } from "#site/numbers";
import { families, nameNetwork, type Network, networks, type PredictionTable } from "./runs.ts";

export interface TrainingRow {
  /** e.g. "convolutional, 20 layers" */
  network: string;
  /** Of the run that trained it, from the root of the site; null where there is none. */
  href: string | null;
  seed: string;
  steps: string;
  loss: string;
  endedBy: string;
  /** Whether it gives back its training picture. */
  outcome: string;
}

const outcomes = new Map([
  [true, "reproduced"],
  [false, "not converged"],
  [null, "–"],
]);

function tell(family: string, { row, trained, training, converged }: Network): TrainingRow {
  return {
    network: `${family}, ${nameNetwork(row)}`,
    href: trained && `/runs/${trained.key}/`,
    seed: formatNumber(trained?.record?.params.seed),
    steps: formatNumber(training?.steps),
    loss: formatNumber(training?.loss, 2),
    endedBy: training?.endedBy ?? row.status,
    outcome: outcomes.get(converged)!,
  };
}

/** How the networks of some tables were trained. */
export const trainings = (tables: readonly PredictionTable[]): TrainingRow[] =>
  tables.flatMap((table) => networks(table).map((network) => tell(families[table], network)));
