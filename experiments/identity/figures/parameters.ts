import * as Plot from "@observablehq/plot";
import { drawSvg, grid, halo, type PlotSize } from "#plots/svg";

/** One family of networks. */
export interface ParameterLine {
  /** e.g. "CNN, 128 channels" */
  label: string;
  /** Counted without biases. */
  points: { layers: number; weights: number }[];
}

export type ParameterScale = "linear" | "log";

const frames = {
  wide: { width: 720, height: 380 },
  narrow: { width: 360, height: 340 },
};

/** Families are told apart by shape and their names, not by colour: colours stand for outcomes here. */
const shapes = [
  { symbol: "square", fill: "var(--ink)" },
  { symbol: "circle", fill: "var(--ink)" },
  { symbol: "circle", fill: "var(--paper)" },
  { symbol: "diamond", fill: "var(--paper)" },
] as const;

const units = [
  { from: 1e6, name: " million" },
  { from: 1e3, name: ",000" },
];

interface Extent {
  /** Layers of the deepest network. */
  deepest: number;
  /** Parameters of the largest. */
  most: number;
  log: boolean;
  narrow: boolean;
}

/** e.g. 4e7 → "40 million", 1e5 → "100,000", 25 → "25" */
function formatTick(count: number): string {
  const unit = units.find(({ from }) => count >= from);
  return unit ? `${count / unit.from}${unit.name}` : String(count);
}

function family({ points }: ParameterLine, index: number): Plot.Markish[] {
  const { symbol, fill } = shapes[index % shapes.length]!;
  return [
    Plot.lineY(points, { x: "layers", y: "weights", stroke: "var(--ink)", strokeWidth: 1.25 }),
    Plot.dot(points, { x: "layers", y: "weights", r: 3.5, symbol, fill, stroke: "var(--ink)" }),
  ];
}

/** Names of the lines that end early stand at their right, the others above or below the end. */
function name(
  { label, points }: ParameterLine,
  { deepest, most, log, narrow }: Extent,
): Plot.Markish | null {
  const last = points.at(-1);
  if (!last) return null;
  const reaches = last.layers > deepest * 0.75;
  const alone = last.weights > most / 2;
  const raised = narrow && !log ? -34 : -14;
  const early = { dx: 8, dy: alone ? 0 : raised, textAnchor: "start" } as const;
  const late = { dx: 6, dy: log ? 22 : -14, textAnchor: "end" } as const;
  return Plot.text([label], {
    x: [last.layers],
    y: [last.weights],
    ...(reaches ? late : early),
    fontWeight: 600,
    fontSize: 13,
    fill: "var(--ink)",
    ...halo,
  });
}

/** Weights, biases left aside, against depth. */
export function plotParameters(
  series: readonly ParameterLine[],
  scale: ParameterScale,
  size: PlotSize = "wide",
): string {
  const deepest = Math.max(...series.flatMap(({ points }) => points.map(({ layers }) => layers)));
  const most = Math.max(...series.flatMap(({ points }) => points.map(({ weights }) => weights)));
  const log = scale === "log";
  const ticks = log ? [1e2, 1e4, 1e6, 1e8].filter((tick) => tick < most) : 4;
  const ends = series.map(({ label, points }) => {
    const last = points.at(-1);
    return `${label}: ${last?.weights.toLocaleString("en") ?? 0} at ${last?.layers ?? 0} layers`;
  });
  return drawSvg(
    {
      label: `Weights, without biases, against layers, ${scale} axis. ${ends.join("; ")}.`,
      ...frames[size],
    },
    {
      marginTop: 30,
      marginLeft: 86,
      marginRight: 14,
      marginBottom: 40,
      x: { domain: [0.5, deepest + 0.5] },
      y: log ? { type: "log", domain: [10, most * 3] } : { domain: [0, most * 1.08] },
      marks: [
        Plot.gridY({ ...grid, ticks }),
        Plot.axisY({
          ticks,
          tickSize: 0,
          tickFormat: formatTick,
          label: log ? "weights (logarithmic axis)" : "weights",
          labelArrow: "none",
        }),
        Plot.axisX({
          ticks: size === "wide" ? deepest : 6,
          tickSize: 4,
          tickFormat: "d",
          label: "layers",
          labelArrow: "none",
          labelAnchor: "center",
        }),
        ...series.flatMap(family),
        ...series.map((line) => name(line, { deepest, most, log, narrow: size === "narrow" })),
      ],
    },
  );
}
