import { UserError } from "../error.ts";
import type { ImageSpec } from "../lab/experiment.ts";
import type { ImageMeasures, Measures } from "../lab/record.ts";
import { resultsOf, type ResultRow } from "../results.ts";
import { unconverged } from "./convergence.ts";
import { formatNumber, formatSmall, pictureLabel, rowLabels } from "./words.ts";

type TrainRow = ResultRow<"train">;

/** One picture cut out of a sheet that is a single row of tiles. */
export interface Tile {
  /** Path from the root of the site. */
  sheet: string;
  /** CSS object-position under `object-fit: cover`, e.g. "25% 0%". */
  position: string;
  alt: string;
}

export interface PredictionTile extends Tile {
  column: string;
  /** Written out; null for an input. */
  measures: { rInput: string; rTrain: string; gain: string; mse: string } | null;
}

export interface GalleryRow {
  label: string;
  /** Empty where the run has no picture. */
  tiles: PredictionTile[];
  /** Why there is none; null where there is one. */
  reason: string | null;
  /** In words, where the network does not reproduce its training picture; else null. */
  unconverged: string | null;
  /** Means over the tests, of pixels as shown. */
  mean: Measures | null;
}

export interface Gallery {
  title: string;
  /** The training picture first, then the tests. */
  columns: string[];
  inputs: GalleryRow | null;
  rows: GalleryRow[];
}

/** CSS position of tile `index` of `count` along one axis, in percent. */
export function tileOffset(index: number, count: number): string {
  return `${count < 2 ? 0 : Number(((index / (count - 1)) * 100).toFixed(3))}%`;
}

/** The training picture, then each test picture in words; a second digit 4 is "another digit 4". */
export function columnLabels(tests: readonly ImageSpec[]): string[] {
  const labels = tests.map(pictureLabel);
  const others = labels.map((label, i) =>
    labels.indexOf(label) === i ? label : `another ${label}`,
  );
  return ["training picture", ...others];
}

const isShown = (row: TrainRow) => row.status === "done" && row.record?.metrics != null;

function reasonOf(row: TrainRow): string | null {
  if (isShown(row)) return null;
  const cause = row.reason ?? row.record?.training.reason;
  const what = row.status === "diverged" ? "training diverged" : "not trained yet";
  return cause ? `${what}: ${cause}` : what;
}

function describe({ rInput, rTrain, gain, mse }: ImageMeasures) {
  return {
    rInput: formatNumber(rInput),
    rTrain: formatNumber(rTrain),
    gain: formatNumber(gain),
    mse: formatSmall(mse),
  };
}

function predictionTiles(row: TrainRow, label: string, columns: string[]): PredictionTile[] {
  const { files, record } = row;
  const images = record?.metrics?.displayed.images ?? [];
  if (!files || !isShown(row)) return [];
  return columns.map((column, i) => {
    const measures = images[i] ? describe(images[i]) : null;
    const r = measures ? ` r identity ${measures.rInput}, r constant ${measures.rTrain}` : "";
    const alt = `${label}, ${column}: output.${r}`;
    const position = `${tileOffset(i, columns.length)} 0%`;
    return { sheet: files.predictions, position, column, measures, alt };
  });
}

function inputRow(rows: TrainRow[], columns: string[]): GalleryRow | null {
  const sheet = rows.find(isShown)?.files?.inputs;
  if (!sheet) return null;
  const tiles = columns.map((column, i) => ({
    sheet,
    position: `${tileOffset(i, columns.length)} 0%`,
    alt: `input: ${column}`,
    column,
    measures: null,
  }));
  return { label: "input", tiles, reason: null, unconverged: null, mean: null };
}

/**
 * The pictures of an experiment as a table: one row per network, one column per picture.
 * @param only names of the runs to show, in this order; all of them by default.
 */
export function gallery(experimentId: string, only?: readonly string[]): Gallery {
  const { title, rows } = resultsOf("train", experimentId);
  const chosen = only ? only.flatMap((name) => rows.filter((row) => row.name === name)) : rows;
  const spec = (chosen[0] ?? rows[0])?.spec;
  const columns = spec ? columnLabels(spec.tests) : [];
  const labels = rowLabels(chosen.map((row) => row.spec));
  return {
    title,
    columns,
    inputs: inputRow(rows, columns),
    rows: chosen.map((row, i) => {
      const label = labels[i]!;
      return {
        label,
        tiles: predictionTiles(row, label, columns),
        reason: reasonOf(row),
        unconverged: unconverged(row),
        mean: isShown(row) ? (row.record?.metrics?.displayed.mean ?? null) : null,
      };
    }),
  };
}

export interface StripStep extends Tile {
  label: string;
  /** In words, where the network does not reproduce its training picture; else null. */
  unconverged: string | null;
  /** Of this one picture as shown; null for the input. */
  measures: ImageMeasures | null;
}

/** One test picture through all networks of an experiment, the input first; runs without a picture are left out. */
export function strip(experimentId: string, picture: string): StripStep[] {
  const rows = resultsOf("train", experimentId).rows.filter(isShown);
  const spec = rows[0]?.spec;
  if (!spec) return [];
  const columns = columnLabels(spec.tests);
  const column = columns.indexOf(picture);
  if (column < 0) {
    throw new UserError(`unknown picture “${picture}” of “${experimentId}”`, {
      hint: `known: ${columns.join(", ")}`,
    });
  }
  const position = `${tileOffset(column, columns.length)} 0%`;
  const labels = rowLabels(rows.map((row) => row.spec));
  const outputs = rows.map((row, i) => {
    const label = labels[i]!;
    const measures = row.record?.metrics?.displayed.images[column] ?? null;
    const sheet = row.files?.predictions ?? "";
    const alt = `${picture} after ${label}`;
    return { sheet, position, label, unconverged: unconverged(row), measures, alt };
  });
  const sheet = rows[0]?.files?.inputs ?? "";
  const input = { label: "input", unconverged: null, measures: null, alt: `input: ${picture}` };
  return [{ sheet, position, ...input }, ...outputs];
}
