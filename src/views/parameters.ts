import { resultOf } from "../results.ts";

/** A family of networks and its parameter counts by depth. */
export interface ParameterSeries {
  /** e.g. "CNN, 1,024 channels" */
  label: string;
  points: { layers: number; weights: number; total: number }[];
}

/** Counts of an experiment, grouped by architecture and width; none where it has not been run. */
export function parameterSeries(experimentId: string): ParameterSeries[] {
  const series = new Map<string, ParameterSeries>();
  for (const { model, parameters } of resultOf("parameters", experimentId).record?.counts ?? []) {
    const label =
      model.kind === "fcn"
        ? `FCN, width ${model.width.toLocaleString("en")}`
        : `CNN, ${model.channels.toLocaleString("en")} channels`;
    const found = series.get(label) ?? { label, points: [] };
    const weights = parameters.layers.reduce((sum, layer) => sum + layer.weights, 0);
    found.points.push({ layers: model.layers, weights, total: parameters.total });
    series.set(label, found);
  }
  return [...series.values()];
}

export interface ParameterTable {
  labels: string[];
  /** Weights and total of each series at a depth; null where it has no such network. */
  rows: { layers: number; counts: ({ weights: number; total: number } | null)[] }[];
}

/** The same as a table, one row per depth. */
export function parameterTable(series: readonly ParameterSeries[]): ParameterTable {
  const depths = [...new Set(series.flatMap(({ points }) => points.map(({ layers }) => layers)))];
  const rows = depths
    .sort((a, b) => a - b)
    .map((layers) => ({
      layers,
      counts: series.map(({ points }) => points.find((point) => point.layers === layers) ?? null),
    }));
  return { labels: series.map(({ label }) => label), rows };
}
