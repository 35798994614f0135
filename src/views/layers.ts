import { resultsOf } from "../results.ts";
import { unconverged } from "./convergence.ts";
import { columnLabels, tileOffset } from "./gallery.ts";

export interface LayerSheet {
  /** e.g. "20 layers, untrained" */
  title: string;
  /** Path of the sheet from the root of the site; null where the run is missing. */
  sheet: string | null;
  reason: string | null;
  /** In words, where the network does not reproduce its training picture; else null. */
  unconverged: string | null;
  columns: { label: string; offset: string }[];
  /** From the input through the hidden layers to the output. */
  rows: { label: string; offset: string }[];
}

/** "input", "layer 1" … "layer L−1", "output" */
export function layerRows(layers: number): string[] {
  const hidden = Array.from({ length: layers - 1 }, (_, i) => `layer ${i + 1}`);
  return ["input", ...hidden, "output"];
}

const withOffsets = (labels: string[]) =>
  labels.map((label, i) => ({ label, offset: tileOffset(i, labels.length) }));

/** What the layers of each run of an experiment show, keyed by the run's name. */
export function layerSheets(experimentId: string): Map<string, LayerSheet> {
  const sheets = resultsOf("train", experimentId).rows.map((row) => {
    const { model, layerTests, training } = row.spec;
    const shown = row.status === "done";
    const sheet: LayerSheet = {
      title: `${model.layers} layers, ${training.steps === 0 ? "as initialised" : "trained"}`,
      sheet: shown ? (row.files?.layers ?? null) : null,
      reason: shown ? null : (row.reason ?? row.status),
      unconverged: unconverged(row),
      columns: withOffsets(columnLabels(layerTests)),
      rows: withOffsets(layerRows(model.layers)),
    };
    return [row.name, sheet] as const;
  });
  return new Map(sheets);
}
