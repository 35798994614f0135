import { type RowView, results, runsBehind, type RunView } from "#site/results";
import { isConverged } from "../convergence.ts";

const study = "identity";

/** Kinds of networks by their tables. */
export const families: Readonly<Record<string, string>> = {
  "fcn-depth": "fully connected",
  "cnn-depth": "convolutional",
};

/** Of one output, or means over several; null where not defined. */
export interface Measures {
  /** Correlation with the input. */
  rInput: number | null;
  /** Correlation with the training picture. */
  rTrain: number | null;
  gain: number | null;
  mse: number | null;
}

/** What predicting says of the training picture itself, on standardised pixels. */
export interface Reproduction {
  r: number | null;
  mse: number;
}

export interface TrainingSummary {
  /** Steps taken. */
  steps: number;
  /** Of the stored weights. */
  loss: number | null;
  endedBy: string;
}

/** A row of a table with what became of its network. */
export interface Network {
  row: RowView;
  /** Over the tests, of pixels as shown; null where it was not measured. */
  mean: Measures | null;
  /** Whether it gives back its training picture; null where it was not trained, or has no result. */
  converged: boolean | null;
  /** The run that trained it. */
  trained: RunView | null;
  training: TrainingSummary | null;
}

const valueOf = <V>(run: Pick<RunView, "out"> | null, output: string): V | null =>
  (run?.out[output]?.value ?? null) as V | null;

/** The rows of a table with their networks. */
export const networks = (table: string): Network[] =>
  results(study, table).map((row): Network => {
    const trained = runsBehind(row).find(({ output }) => output === "weights")?.run ?? null;
    const training = valueOf<TrainingSummary>(trained, "summary");
    const picture = valueOf<Reproduction>(row, "training");
    return {
      row,
      mean: valueOf<{ displayed: Measures }>(row, "means")?.displayed ?? null,
      converged: picture && training ? isConverged(training.steps, picture) : null,
      trained,
      training,
    };
  });

/** Names of the pictures that a row shows, the training picture first. */
export const picturesOf = ({ out }: RunView): string[] =>
  out["pictures"]?.arrays["outputs"]?.labels?.["picture"] ?? [];

/** Measures of each picture of a row as shown, in the order of `picturesOf`. */
export function measuresOf({ out }: RunView): Measures[] {
  const table = out["measures"]?.table;
  if (!table) return [];
  const cell = (name: string, i: number) => table[name]![i] as number | null;
  return table["picture"]!.map((_, i) => ({
    rInput: cell("displayedRInput", i),
    rTrain: cell("displayedRTrain", i),
    gain: cell("displayedGain", i),
    mse: cell("displayedMse", i),
  }));
}

/** The coordinate of a row along an axis, e.g. 20 for layers=20. */
export const coordinate = ({ at }: RowView, axis: string): string | number | boolean | null =>
  at.find((c) => c.axis === axis)?.value ?? null;
