import { formatNumber } from "#site/numbers";
import { results } from "#site/results";

/** A family of networks and its parameter counts by depth. */
export interface ParameterSeries {
  /** e.g. "CNN, 1,024 channels" */
  label: string;
  points: { layers: number; weights: number; total: number }[];
}

/** Counts by architecture and width; none where they have not been made. */
export function parameterSeries(): ParameterSeries[] {
  return results("identity", "parameter-counts").flatMap(({ label, out }) => {
    const table = out.counts?.table;
    if (!table) return [];
    const { layers, weights, biases } = table;
    const points = layers.map((depth, i) => ({
      layers: depth,
      weights: weights[i]!,
      total: weights[i]! + biases[i]!,
    }));
    return [{ label: shorten(label), points }];
  });
}

/** Names stand beside their lines, where there is little room. */
const shorten = (label: string): string =>
  label
    .replace("fully connected", "FCN")
    .replace("convolutional", "CNN")
    .replace(/\d{4,}/, (digits) => formatNumber(Number(digits)));

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
