import * as Plot from "@observablehq/plot";
import { drawSvg, grid, halo, type PlotSize } from "#plots/svg";
import { lookOf, type Outcome, outcomes } from "./outcomes.ts";

/** A published mean and ours. */
export interface AgainstPoint {
  /** e.g. "CNN 19-layer" */
  label: string;
  series: keyof typeof shapes;
  outcome: Outcome;
  published: number;
  /** Mean over the initial weights, the least and the greatest. */
  ours: number;
  least: number;
  greatest: number;
  /** Whether the training was tuned to meet the published one. */
  tuned: boolean;
}

const frames = {
  wide: { width: 720, height: 560 },
  narrow: { width: 360, height: 420 },
};

const shapes = {
  convolutional: { symbol: "circle", sign: "●" },
  "fully connected": { symbol: "square", sign: "■" },
  "fully connected, grey levels": { symbol: "triangle", sign: "▲" },
} as const;

/** A difference that has to be talked about. */
const great = 0.1;

const isGreat = ({ published, ours }: AgainstPoint): boolean => Math.abs(ours - published) > great;

function describe(points: readonly AgainstPoint[]): string {
  const far = points.filter((point) => !point.tuned && isGreat(point));
  const told = far.map(
    ({ label, outcome, published, ours }) =>
      `${label}, ${lookOf(outcome).label} ${ours.toFixed(2)}, published ${published.toFixed(2)}`,
  );
  return (
    `Our means against the published ones, ${points.length} of them. ` +
    (told.length > 0 ? `Further apart than ${great}: ${told.join("; ")}.` : "None is far apart.")
  );
}

const seriesOf = (points: readonly AgainstPoint[]) =>
  (Object.keys(shapes) as (keyof typeof shapes)[]).filter((name) =>
    points.some(({ series }) => series === name),
  );

function dots(points: readonly AgainstPoint[]): Plot.Markish[] {
  return seriesOf(points).flatMap((series) =>
    outcomes.flatMap(({ of: outcome, mark: fill }): Plot.Markish[] => {
      const some = points.filter((p) => p.series === series && p.outcome === outcome);
      const look = { x: "published", y: "ours", symbol: shapes[series].symbol, r: 4.5 };
      const spread = some.filter(({ least, greatest }) => greatest > least);
      const [tuned, free] = [some.filter((p) => p.tuned), some.filter((p) => !p.tuned)];
      return [
        ...(spread.length > 0
          ? [
              Plot.ruleX(spread, {
                x: "published",
                y1: "least",
                y2: "greatest",
                stroke: fill,
                strokeOpacity: 0.45,
                strokeWidth: 4,
              }),
            ]
          : []),
        ...(free.length > 0 ? [Plot.dot(free, { ...look, fill })] : []),
        ...(tuned.length > 0 ? [Plot.dot(tuned, { ...look, stroke: fill, fill: "none" })] : []),
      ];
    }),
  );
}

/** Ours up, the published across; on the diagonal they agree, and the band is a tenth to either side. */
export function plotAgainst(points: readonly AgainstPoint[], size: PlotSize = "wide"): string {
  const values = points.flatMap(({ published, least }) => [published, least]);
  const floor = Math.min(0, Math.floor(Math.min(...values) * 5) / 5);
  const ends = [floor, 1];
  const band = ends.map((x) => ({ x, y1: x - great, y2: x + great }));
  const wide = size === "wide";
  const far = points.filter((point) => !point.tuned && isGreat(point));
  const legend = [
    ...outcomes.map(({ label, colour }) => ({ text: label, fill: colour })),
    ...seriesOf(points).map((name) => ({
      text: `${shapes[name].sign} ${name}`,
      fill: "var(--ink)",
    })),
    ...(points.some(({ tuned }) => tuned) ? [{ text: "○ tuned to it", fill: "var(--ink)" }] : []),
  ];
  return drawSvg(
    { label: describe(points), ...frames[size] },
    {
      marginTop: 30,
      marginLeft: 40,
      marginRight: 14,
      marginBottom: 42,
      x: { domain: [floor, 1.02] },
      y: { domain: [floor, 1.04], clamp: true },
      marks: [
        Plot.areaY(band, { x: "x", y1: "y1", y2: "y2", fill: "var(--hairline)", fillOpacity: 0.5 }),
        Plot.gridY({ ...grid, interval: 0.2 }),
        Plot.line(
          ends.map((value) => ({ x: value, y: value })),
          { x: "x", y: "y", stroke: "var(--muted)", strokeDasharray: "2 4" },
        ),
        Plot.axisY({
          interval: 0.2,
          tickSize: 0,
          tickFormat: ".1f",
          label: "ours, mean r over the tests",
          labelArrow: "none",
        }),
        Plot.axisX({
          interval: 0.2,
          tickSize: 4,
          tickFormat: ".1f",
          label: "published, measured from the figures",
          labelArrow: "none",
          labelAnchor: "center",
        }),
        ...(far.length > 0
          ? [
              Plot.text(far, {
                x: "published",
                y: "ours",
                text: "label",
                dx: 9,
                dy: -4,
                textAnchor: "start",
                fontSize: 12,
                fill: "var(--ink)",
                ...halo,
              }),
            ]
          : []),
        ...dots(points),
        ...legend.map(({ text, fill }, i) =>
          Plot.text([text], {
            frameAnchor: "top-left",
            dx: wide ? 8 : 6,
            dy: 6 + i * (wide ? 20 : 17),
            fill,
            fontSize: wide ? 13 : 12,
            ...halo,
          }),
        ),
      ],
    },
  );
}
