import { plural } from "#site/numbers";
import { results, type RowView, runBehind } from "#site/results";
import type { Row, RunOf } from "#site/studies";
import { isConverged } from "../convergence.ts";
import type study from "../study.ts";
import type { train } from "../tasks.ts";

declare module "#site/studies" {
  interface Studies {
    identity: typeof study;
  }
}

export type PredictionTable = "fcn-depth" | "cnn-depth";
/** Tables of networks that differ in one thing more, e.g. their initial weights. */
export type RepeatTable =
  | "fcn-seeds"
  | "fcn-grey"
  | "cnn-seeds"
  | "fcn-trained-on"
  | "cnn-trained-on"
  | "decides"
  | "moved";
/** Tables whose runs read a trained network. */
export type NetworkTable = PredictionTable | RepeatTable | "cnn-layers";
/** Tables of what theory says of the same pictures. */
export type TheoryTable = "closed-form" | "mosaic";
export type PictureTable = PredictionTable | TheoryTable;
export type NetworkRow = Row<"identity", NetworkTable>;
export type PictureRow = Row<"identity", NetworkTable | TheoryTable>;

/** Kinds of networks by their tables. */
export const families: Readonly<Record<PredictionTable, string>> = {
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

export interface TrainingSummary {
  /** Steps taken. */
  steps: number;
  /** Of the stored weights. */
  loss: number | null;
  endedBy: string;
}

/** A row of a table with what became of its network. */
export interface Network<R extends PictureRow = NetworkRow> {
  row: R;
  /** Over the tests, of pixels as shown; null where it was not measured. */
  mean: Measures | null;
  /** Whether it gives back its training picture; null where it was not trained, or has no result. */
  converged: boolean | null;
  /** The run that trained it. */
  trained: RunOf<typeof train> | null;
  training: TrainingSummary | null;
}

const isTheory = (table: NetworkTable | TheoryTable): table is TheoryTable =>
  table === "closed-form" || table === "mosaic";

const meanOf = ({ out }: PictureRow): Measures | null =>
  ("means" in out ? out.means : undefined)?.value.displayed ?? null;

/** The rows of a table with their networks; theory has none. */
export function networks(table: NetworkTable): Network[];
export function networks(table: NetworkTable | TheoryTable): Network<PictureRow>[];
export function networks(table: NetworkTable | TheoryTable): Network<PictureRow>[] {
  if (isTheory(table)) {
    const nothing = { converged: null, trained: null, training: null };
    return results("identity", table).map((row) => ({ row, mean: meanOf(row), ...nothing }));
  }
  return results("identity", table).map((row): Network => {
    const trained = runBehind(row, "weights");
    const training = trained?.out.summary?.value ?? null;
    const picture = row.out.training?.value ?? null;
    return {
      row,
      mean: meanOf(row),
      converged: picture && training ? isConverged(training.steps, picture) : null,
      trained,
      training,
    };
  });
}

/** In words, e.g. "20 layers", "2 layers, ReLU". */
export function nameNetwork(row: Pick<RowView, "at" | "label">): string {
  const layers = coordinate(row, "layers");
  return typeof layers === "number" ? plural(layers, "layer") : row.label;
}

/** Names of pictures, of which the first is what a network was trained on. */
export const nameColumns = (names: readonly string[]): string[] =>
  names.map((name, i) => (i === 0 ? "training picture" : name));

/** Names of the pictures that a row shows, the training picture first. */
export const picturesOf = ({ out }: PictureRow): string[] =>
  nameColumns(out.pictures?.arrays.outputs.labels?.["picture"] ?? []);

/** Measures of each picture of a row as shown, in the order of `picturesOf`. */
export function measuresOf({ out }: PictureRow): Measures[] {
  const table = "measures" in out ? out.measures?.table : null;
  if (!table) return [];
  const { picture, displayedRInput, displayedRTrain, displayedGain, displayedMse } = table;
  return picture.map((_, i) => ({
    rInput: displayedRInput[i]!,
    rTrain: displayedRTrain[i]!,
    gain: displayedGain[i]!,
    mse: displayedMse[i]!,
  }));
}

/** The coordinate of a row along an axis, e.g. 20 for layers=20. */
export const coordinate = (
  { at }: Pick<RowView, "at">,
  axis: string,
): string | number | boolean | null => at.find((c) => c.axis === axis)?.value ?? null;
