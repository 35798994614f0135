import * as Plot from "@observablehq/plot";
import { drawSvg, halo, type PlotSize } from "#plots/svg";
import { summarise } from "#site/aggregate";
import { outcomes } from "./outcomes.ts";

/** What became of one training. */
export interface OutcomePoint {
  /** Panels share their rows, e.g. "7 layers". */
  panel: string;
  /** e.g. "no biases" */
  row: string;
  /** Mean correlations over the tests, as displayed; null where undefined. */
  rInput: number | null;
  rTrain: number | null;
  converged: boolean;
  /** Whether its numbers are kept from an earlier build, without pictures. */
  recorded: boolean;
}

interface Options {
  /** What the points tell, for those who cannot see them. */
  label: string;
  /** A row to which the others are compared. */
  reference?: string;
  size?: PlotSize;
}

const rowHeight = 22;

const mean = (values: readonly (number | null)[]): number | null =>
  summarise(values.filter((value) => value !== null))?.mean ?? null;

/** Means of what converged, by panel and row. */
function describe(points: readonly OutcomePoint[], panels: readonly string[]): string {
  const rows = [...new Set(points.map(({ row }) => row))];
  const tell = (panel: string): string => {
    const told = rows.flatMap((row) => {
      const here = points.filter((p) => p.panel === panel && p.row === row);
      if (here.length === 0) return [];
      const reached = here.filter(({ converged }) => converged);
      if (reached.length === 0) return [`${row}, not converged`];
      const r = outcomes.map(
        ({ of }) => mean(reached.map((p) => p[of]))?.toFixed(2) ?? "undefined",
      );
      return [`${row} ${r.join(" and ")}`];
    });
    return `${panel}: ${told.join("; ")}.`;
  };
  return `r identity and r constant. ${panels.map(tell).join(" ")}`;
}

function legendOf(points: readonly OutcomePoint[]): { text: string; fill: string }[] {
  return [
    ...outcomes.map(({ label, sign, colour }) => ({ text: `${sign} ${label}`, fill: colour })),
    ...(points.some(({ recorded }) => recorded)
      ? [{ text: "○ ◇ recorded", fill: "var(--ink)" }]
      : []),
    ...(points.some(({ converged }) => !converged)
      ? [{ text: "× not converged", fill: "var(--ink)" }]
      : []),
  ];
}

type Facet = "fx" | "fy";

function dots(points: readonly OutcomePoint[], facet: Facet): Plot.Markish[] {
  return outcomes.flatMap(({ of, symbol, mark: fill }): Plot.Markish[] => {
    const known = points.filter((point) => point[of] !== null);
    const at = { x: of, y: "row", [facet]: "panel", r: 4, symbol } as const;
    const draw = (
      keep: (point: OutcomePoint) => boolean,
      look: Plot.DotOptions,
    ): Plot.Markish[] => {
      const kept = known.filter(keep);
      return kept.length > 0 ? [Plot.dot(kept, { ...at, ...look })] : [];
    };
    return [
      ...draw((p) => p.converged && !p.recorded, { fill, fillOpacity: 0.85 }),
      ...draw((p) => p.converged && p.recorded, { stroke: fill, fill: "var(--paper)" }),
      ...draw((p) => !p.converged, { symbol: "times", stroke: fill, strokeWidth: 1.75 }),
    ];
  });
}

/** Outputs without any contrast have no correlation, and no place along the axis. */
function flats(points: readonly OutcomePoint[], facet: Facet): Plot.Markish[] {
  const flat = points.filter(({ rInput, rTrain }) => rInput === null && rTrain === null);
  if (flat.length === 0) return [];
  const text = ({ converged }: OutcomePoint): string => `${converged ? "" : "× "}no contrast`;
  const at = { x: 0, y: "row", [facet]: "panel", dx: 6, textAnchor: "start" } as const;
  return [Plot.text(flat, { ...at, text, fill: "var(--muted)", fontSize: 12 })];
}

/** Rows of which a panel has no training. */
function gaps(points: readonly OutcomePoint[], facet: Facet): Plot.Markish[] {
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const rows = [...new Set(points.map(({ row }) => row))];
  const empty = panels.flatMap((panel) =>
    rows
      .filter((row) => !points.some((point) => point.panel === panel && point.row === row))
      .map((row) => ({ panel, row })),
  );
  if (empty.length === 0) return [];
  const at = { x: 0, y: "row", [facet]: "panel", dx: 6, textAnchor: "start" } as const;
  return [Plot.text(empty, { ...at, text: () => "not run", fill: "var(--muted)", fontSize: 12 })];
}

/** The reference's means, down the whole panel, to see at once what differs from them. */
function references(
  points: readonly OutcomePoint[],
  facet: Facet,
  reference: string | undefined,
): Plot.Markish[] {
  const usual = points.filter(({ row, converged }) => row === reference && converged);
  const panels = [...new Set(usual.map(({ panel }) => panel))];
  return outcomes.flatMap(({ of, mark: fill }) => {
    const rules = panels.flatMap((panel) => {
      const x = mean(usual.filter((p) => p.panel === panel).map((p) => p[of]));
      return x === null ? [] : [{ x, panel }];
    });
    if (rules.length === 0) return [];
    return [
      Plot.ruleX(rules, {
        x: "x",
        [facet]: "panel",
        stroke: fill,
        strokeOpacity: 0.5,
        strokeDasharray: "2 3",
      }),
    ];
  });
}

/** A panel per group, a row per change or network, a dot per training. */
export function plotOutcomes(
  points: readonly OutcomePoint[],
  { label, reference, size = "wide" }: Options,
): string {
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const rows = [...new Set(points.map(({ row }) => row))];
  const wide = size === "wide";
  const facet = wide ? "fx" : "fy";
  const panel = rows.length * rowHeight;
  const marginLeft = wide ? 215 : 200;
  const frame = wide
    ? { width: 720, height: panel + 92 }
    : { width: 360, height: panels.length * (panel + 60) + 76 };
  const values = points.flatMap(({ rInput, rTrain }) => [rInput ?? 0, rTrain ?? 0]);
  const legend = legendOf(points);
  return drawSvg(
    { label: `${label} ${describe(points, panels)}`, ...frame },
    {
      marginTop: wide ? 52 : 56,
      marginLeft,
      marginRight: wide ? 14 : 12,
      marginBottom: 40,
      x: { domain: [Math.min(0, Math.floor(Math.min(...values) * 5) / 5), 1] },
      y: { domain: rows, padding: 0.2, type: "band" },
      [facet]: { domain: panels, padding: wide ? 0.12 : 0.16, axis: null },
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
        Plot.text(panels, {
          [facet]: (panel: string) => panel,
          text: (panel: string) => panel,
          frameAnchor: "top-left",
          dy: -16,
          fontWeight: 600,
          fontSize: 13,
          fill: "var(--ink)",
          ...halo,
        }),
        ...references(points, facet, reference),
        ...dots(points, facet),
        ...flats(points, facet),
        ...gaps(points, facet),
        ...legend.map(({ text, fill }, i) =>
          Plot.text([text], {
            [facet]: [panels[0]],
            frameAnchor: "top-left",
            dx: (wide ? i : i % 2) * (wide ? 110 : 104) - marginLeft + 4,
            dy: wide ? -42 : -52 + 16 * Math.floor(i / 2),
            fill,
            fontSize: 13,
          }),
        ),
      ],
    },
  );
}
