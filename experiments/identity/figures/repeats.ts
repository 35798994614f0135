import { recordedRows, type RecordedRow } from "#site/recorded";
import { isConverged } from "../convergence.ts";
import { type Network, networks, type RepeatTable } from "./runs.ts";

/** A training among others that differ from it in one thing, e.g. in the initial weights. */
export interface Repeat {
  /** Slugs by axis. */
  at: Readonly<Record<string, string>>;
  /** Means over the tests, as displayed; null where undefined. */
  rInput: number | null;
  rTrain: number | null;
  /** Of the training picture; null if not finite. */
  loss: number | null;
  /** Whether it gives back its training picture. */
  converged: boolean;
  /** Whether its numbers were kept from an earlier build, and this one did not make it. */
  recorded: boolean;
}

/** What became of a network; null where it has no result. */
export function repeatOf({ row, mean, converged, training }: Network): Repeat | null {
  if (row.status !== "done" && row.status !== "stopped") return null;
  return {
    at: Object.fromEntries(row.at.map(({ axis, slug }) => [axis, slug])),
    rInput: mean?.rInput ?? null,
    rTrain: mean?.rTrain ?? null,
    loss: training?.loss ?? null,
    converged: converged === true,
    recorded: false,
  };
}

function fromRecord({ at, values }: RecordedRow): Repeat {
  const { "training/mse": mse, "training/variance": variance } = values;
  const steps = values["summary:summary/steps"] ?? 0;
  const r = values["training/r"] ?? null;
  return {
    at,
    rInput: values["means/displayed/rInput"] ?? null,
    rTrain: values["means/displayed/rTrain"] ?? null,
    loss: values["summary:summary/loss"] ?? null,
    converged: mse != null && variance != null && isConverged(steps, { r, mse, variance }) === true,
    recorded: true,
  };
}

const idOf = ({ at }: Repeat): string =>
  JSON.stringify(Object.entries(at).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The trainings of a table that have a result here, and those that were recorded and have none here. */
export function repeatsOf(table: RepeatTable): Repeat[] {
  const made = networks(table).flatMap((network) => repeatOf(network) ?? []);
  const known = new Set(made.map(idOf));
  const recorded = recordedRows("identity", table).map(fromRecord);
  return [...made, ...recorded.filter((repeat) => !known.has(idOf(repeat)))];
}

/** Those at some coordinates: slugs by axis. */
export const repeatsAt = (table: RepeatTable, at: Readonly<Record<string, string>>): Repeat[] =>
  repeatsOf(table).filter((repeat) =>
    Object.entries(at).every(([axis, slug]) => repeat.at[axis] === slug),
  );
