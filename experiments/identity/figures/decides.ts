import * as Plot from "@observablehq/plot";
import { drawSvg, halo, type PlotSize } from "#plots/svg";

/** One training under one change. */
export interface DecidedPoint {
  layers: number;
  /** What was changed, e.g. "no biases". */
  change: string;
  seed: number;
  /** Mean correlations over the tests, as displayed; null where undefined. */
  rInput: number | null;
  rTrain: number | null;
  /** Of the training picture. */
  loss: number | null;
  converged: boolean;
}

/** The change to which the others are compared. */
export const reference = "as shown";

const rowHeight = 22;

const outcomes = [
  { of: "rInput", name: "r identity", fill: "var(--identity)", text: "var(--identity-text)" },
  { of: "rTrain", name: "r constant", fill: "var(--constant)", text: "var(--constant-text)" },
] as const;

const mean = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, v) => sum + v, 0) / known.length;
};

const listed = (values: readonly number[]): string => values.map(String).join(", ");

/** Means over the seeds of what converged, by depth and change, for those who cannot see it. */
function describe(points: readonly DecidedPoint[], layers: readonly number[]): string {
  const changes = [...new Set(points.map(({ change }) => change))];
  const tell = (depth: number): string => {
    const told = changes.flatMap((change) => {
      const here = points.filter((p) => p.layers === depth && p.change === change);
      if (here.length === 0) return [];
      const reached = here.filter(({ converged }) => converged);
      if (reached.length === 0) return [`${change}, not converged`];
      const r = outcomes.map(
        ({ of }) => mean(reached.map((p) => p[of]))?.toFixed(2) ?? "undefined",
      );
      return [`${change} ${r.join(" and ")}`];
    });
    return `${depth} layers: ${told.join("; ")}.`;
  };
  return (
    `r identity and r constant under one change each, at ${listed(layers)} layers. ` +
    layers.map(tell).join(" ")
  );
}

const legend = [
  ...outcomes.map(({ name, text }) => ({ text: `● ${name}`, fill: text })),
  { text: "× not converged", fill: "var(--ink)" },
];

function dots(points: readonly DecidedPoint[], facet: "fx" | "fy"): Plot.Markish[] {
  return outcomes.flatMap(({ of, fill }): Plot.Markish[] => {
    const known = points.filter((point) => point[of] !== null);
    const reached = known.filter(({ converged }) => converged);
    const failed = known.filter(({ converged }) => !converged);
    const at = { x: of, y: "change", [facet]: "layers" } as const;
    return [
      ...(reached.length > 0 ? [Plot.dot(reached, { ...at, r: 4, fill, fillOpacity: 0.85 })] : []),
      ...(failed.length > 0
        ? [Plot.dot(failed, { ...at, symbol: "times", r: 4, stroke: fill, strokeWidth: 1.75 })]
        : []),
    ];
  });
}

/** The reference's means, down the whole panel, to see at once what differs from them. */
function references(points: readonly DecidedPoint[], facet: "fx" | "fy"): Plot.Markish[] {
  const usual = points.filter(({ change, converged }) => change === reference && converged);
  const depths = [...new Set(usual.map(({ layers }) => layers))];
  return outcomes.flatMap(({ of, fill }) => {
    const rules = depths.flatMap((layers) => {
      const x = mean(usual.filter((p) => p.layers === layers).map((p) => p[of]));
      return x === null ? [] : [{ x, layers }];
    });
    if (rules.length === 0) return [];
    return [
      Plot.ruleX(rules, {
        x: "x",
        [facet]: "layers",
        stroke: fill,
        strokeOpacity: 0.5,
        strokeDasharray: "2 3",
      }),
    ];
  });
}

/** A panel per depth, a row per change, a dot per seed: what moves the outcome, and how far. */
export function plotDecides(points: readonly DecidedPoint[], size: PlotSize = "wide"): string {
  const layers = [...new Set(points.map((point) => point.layers))].sort((a, b) => a - b);
  const changes = [...new Set(points.map(({ change }) => change))];
  const wide = size === "wide";
  const facet = wide ? "fx" : "fy";
  const panel = changes.length * rowHeight;
  const marginLeft = wide ? 215 : 168;
  const frame = wide
    ? { width: 720, height: panel + 92 }
    : { width: 360, height: layers.length * (panel + 60) + 76 };
  const values = points.flatMap(({ rInput, rTrain }) => [rInput ?? 0, rTrain ?? 0]);
  const facetName = (depth: number): string => `${depth} layers`;
  return drawSvg(
    { label: describe(points, layers), ...frame },
    {
      marginTop: wide ? 52 : 56,
      marginLeft,
      marginRight: wide ? 14 : 12,
      marginBottom: 40,
      x: { domain: [Math.min(0, Math.floor(Math.min(...values) * 5) / 5), 1] },
      y: { domain: changes, padding: 0.2, type: "band" },
      [facet]: { domain: layers, padding: wide ? 0.07 : 0.16, axis: null },
      marks: [
        Plot.gridX({ interval: 0.5, stroke: "var(--hairline)", strokeOpacity: 1 }),
        Plot.axisX({
          interval: 0.5,
          tickSize: 0,
          tickFormat: ".1f",
          label: null,
          ...(wide ? {} : { facetAnchor: "bottom" as const }),
        }),
        Plot.axisY({
          tickSize: 0,
          label: null,
          fill: "var(--ink)",
          ...(wide ? { facetAnchor: "left" as const } : {}),
        }),
        Plot.text(layers, {
          [facet]: (depth: number) => depth,
          text: facetName,
          frameAnchor: "top-left",
          dy: -16,
          fontWeight: 600,
          fontSize: 13,
          fill: "var(--ink)",
          ...halo,
        }),
        ...references(points, facet),
        ...dots(points, facet),
        ...legend.map(({ text, fill }, i) =>
          Plot.text([text], {
            [facet]: [layers[0]],
            frameAnchor: "top-left",
            dx: i * (wide ? 110 : 104) - marginLeft + 4,
            dy: wide ? -42 : -44,
            fill,
            fontSize: 13,
          }),
        ),
      ],
    },
  );
}
