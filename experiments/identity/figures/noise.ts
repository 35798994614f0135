import * as Plot from "@observablehq/plot";
import { formatNumber, plural } from "#site/numbers";
import { drawSvg, grid, halo, type PlotSize } from "#plots/svg";

/** What one linear layer answers to a picture besides its share of the training picture. */
export interface NoisePoint {
  picture: string;
  /** "digit", "garment", "pattern" or "blend". */
  kind: string;
  /** Length of what the picture does not share with the training picture. */
  distance: number;
  /** Root mean square over the pixels. */
  noise: number;
}

export interface NoiseData {
  points: NoisePoint[];
  /** Noise per length, from the initial weights. */
  deviation: number;
}

const frames = {
  wide: { width: 720, height: 380 },
  narrow: { width: 360, height: 330 },
};

/** Kinds are told apart by shape: colours stand for outcomes here. */
const shapes: Record<string, { symbol: Plot.SymbolType; sign: string; fill: string }> = {
  digit: { symbol: "circle", sign: "○", fill: "none" },
  garment: { symbol: "square", sign: "□", fill: "none" },
  pattern: { symbol: "diamond", sign: "◆", fill: "var(--ink)" },
  blend: { symbol: "triangle", sign: "▲", fill: "var(--ink)" },
};

const lineHeight = 19;

function marksOf(points: readonly NoisePoint[], kind: string, row: number): Plot.Markish[] {
  const some = points.filter((point) => point.kind === kind);
  const { symbol, sign, fill } = shapes[kind]!;
  const words = `${sign} ${plural(some.length, kind)}`;
  return [
    Plot.dot(some, {
      x: "distance",
      y: "noise",
      r: 3.5,
      symbol,
      fill,
      stroke: "var(--ink)",
      strokeOpacity: fill === "none" ? 0.55 : 1,
    }),
    Plot.text([words], {
      frameAnchor: "top-left",
      dx: 8,
      dy: 4 + row * lineHeight,
      fontSize: 13,
      fill: "var(--ink)",
      ...halo,
    }),
  ];
}

/** Measured noise as points, the predicted one as a line through the origin. */
export function plotNoise({ points, deviation }: NoiseData, size: PlotSize = "wide"): string {
  const furthest = Math.max(...points.map(({ distance }) => distance)) * 1.04;
  const most = Math.max(deviation * furthest, ...points.map(({ noise }) => noise)) * 1.04;
  const ratios = points.map(({ distance, noise }) => noise / distance / deviation);
  const line = [0, furthest].map((distance) => ({ distance, noise: deviation * distance }));
  const kinds = Object.keys(shapes).filter((kind) => points.some((point) => point.kind === kind));
  const label =
    `Noise per pixel against what ${plural(points.length, "picture")} do not share with the training ` +
    `picture. The line is predicted, ${formatNumber(deviation)} of that length; measured are ` +
    `${formatNumber(Math.min(...ratios))} to ${formatNumber(Math.max(...ratios))} times as much.`;
  return drawSvg(
    { label, ...frames[size] },
    {
      marginTop: 30,
      marginLeft: 40,
      marginRight: 14,
      marginBottom: 40,
      x: { domain: [0, furthest] },
      y: { domain: [0, most] },
      marks: [
        Plot.gridY({ ...grid, ticks: 5 }),
        Plot.axisY({ ticks: 5, tickSize: 0, label: "noise per pixel", labelArrow: "none" }),
        Plot.axisX({
          ticks: size === "wide" ? 8 : 5,
          tickSize: 4,
          label: "length of what is not the 7, ‖x − s x̂‖",
          labelArrow: "none",
          labelAnchor: "center",
        }),
        Plot.line(line, { x: "distance", y: "noise", stroke: "var(--ink)", strokeWidth: 1.25 }),
        ...kinds.flatMap((kind, row) => marksOf(points, kind, row)),
        Plot.text(["predicted: σ₀‖x − s x̂‖"], {
          x: [furthest * 0.5],
          y: [deviation * furthest * 0.5],
          dx: 12,
          dy: 14,
          textAnchor: "start",
          fontSize: 13,
          fontWeight: 600,
          fill: "var(--ink)",
          ...halo,
        }),
      ],
    },
  );
}
