import * as Plot from "@observablehq/plot";
import { drawSvg, grid, halo, type PlotSize } from "#plots/svg";

/** Errors by polynomial degree, in units of y². */
export interface BiasVarianceData {
  curve: { degree: number; biasSquared: number; variance: number; total: number }[];
  /** Degree with the least total error. */
  optimum: number;
}

type Term = "biasSquared" | "variance" | "total";

const frames = {
  wide: { width: 720, height: 360 },
  narrow: { width: 360, height: 320 },
};

const terms: { of: Term; width: number; dash: string }[] = [
  { of: "biasSquared", width: 1.5, dash: "none" },
  { of: "variance", width: 1.5, dash: "5 4" },
  { of: "total", width: 2.75, dash: "none" },
];

/** Points for what was estimated; the lines only say in which order to read them. */
function curves({ curve }: BiasVarianceData): Plot.Markish[] {
  return terms.flatMap(({ of, width, dash }) => [
    Plot.lineY(curve, {
      x: "degree",
      y: of,
      stroke: "var(--ink)",
      strokeWidth: width,
      strokeDasharray: dash,
    }),
    Plot.dot(curve, {
      x: "degree",
      y: of,
      r: of === "total" ? 3.5 : 2.5,
      fill: of === "variance" ? "var(--paper)" : "var(--ink)",
      stroke: "var(--ink)",
    }),
  ]);
}

function words(x: number, y: number, text: string, options: Plot.TextOptions): Plot.Markish {
  return Plot.text([text], { x: [x], y: [y], fontSize: 13, ...halo, ...options });
}

/** Each term is named where it stands alone: bias and variance at the left, their sum at the right. */
function labels({ curve, optimum }: BiasVarianceData, top: number): Plot.Markish[] {
  const [first, , third] = curve;
  const last = curve.at(-1);
  if (!first || !third || !last) return [];
  const start = { textAnchor: "start", fill: "var(--ink)" } as const;
  const end = { textAnchor: "end", fill: "var(--ink)" } as const;
  const muted = { textAnchor: "start", fill: "var(--muted)" } as const;
  return [
    words(third.degree, third.biasSquared, "bias²", { ...end, dx: -8, dy: 10 }),
    words(first.degree, first.variance, "variance", { ...start, dx: 2, dy: -17 }),
    words(last.degree, last.total, "total error", { ...end, fontWeight: 600, dx: -12, dy: -8 }),
    words(optimum, top, `least total error: degree ${optimum}`, { ...muted, dx: 6, dy: 4 }),
  ];
}

/** Squared bias falls, variance rises, their sum has a minimum. */
export function plotBiasVariance(data: BiasVarianceData, size: PlotSize = "wide"): string {
  const { curve, optimum } = data;
  const top = Math.max(...curve.map(({ total }) => total)) * 1.12;
  const least = curve.find(({ degree }) => degree === optimum);
  const label =
    `Squared bias, variance and their sum by polynomial degree, 0 to ${curve.at(-1)?.degree ?? 0}. ` +
    `The sum is least at degree ${optimum}: ${least?.total.toPrecision(2) ?? "unknown"}.`;
  return drawSvg(
    { label, ...frames[size] },
    {
      marginTop: 30,
      marginLeft: 40,
      marginRight: 14,
      marginBottom: 40,
      x: { inset: 10 },
      y: { domain: [0, top] },
      marks: [
        Plot.gridY({ ...grid, ticks: 5 }),
        Plot.axisY({ ticks: 5, tickSize: 0, label: "mean squared error", labelArrow: "none" }),
        Plot.axisX({
          ticks: curve.map(({ degree }) => degree),
          tickSize: 4,
          tickFormat: "d",
          label: "degree of the polynomial (model complexity)",
          labelArrow: "none",
          labelAnchor: "center",
        }),
        Plot.ruleX([optimum], { stroke: "var(--muted)", strokeDasharray: "2 4" }),
        ...curves(data),
        ...labels(data, top),
      ],
    },
  );
}
