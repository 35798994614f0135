import * as Plot from "@observablehq/plot";
import { drawSvg, grid, halo, type PlotSize } from "#plots/svg";
import { lookOf, type Outcome } from "./outcomes.ts";
import type { Repeat } from "./repeats.ts";

/** Mean correlations of one depth over the test pictures. */
export interface DepthPoint {
  layers: number;
  /** In [-1, 1]; null where undefined. */
  rInput: number | null;
  rTrain: number | null;
}

/** A depth of ours; one that did not converge is crossed out, and the line passes it by. */
export interface OwnPoint extends DepthPoint {
  converged: boolean;
}

export interface TransitionData {
  ours: OwnPoint[];
  published: DepthPoint[];
  /** Trainings from other initial weights, by depth. */
  others: { layers: number; repeats: Pick<Repeat, "rInput" | "rTrain">[] }[];
  /** Correlation of a perfect copy with the training picture; null leaves the rule out. */
  baseline: number | null;
}

const frames = {
  wide: { width: 720, height: 380 },
  narrow: { width: 360, height: 330 },
};

const at = (layers: number, points: DepthPoint[]) => points.find((p) => p.layers === layers);

/**
 * Between which depths the training picture takes over from the input for good.
 * @param points by depth; those without a correlation are passed by.
 */
export function findCrossing(points: readonly DepthPoint[]): [number, number] | null {
  const known = points.filter(({ rInput, rTrain }) => rInput !== null && rTrain !== null);
  const leads = known.map(({ rInput, rTrain }) => rInput! > rTrain!);
  const last = leads.lastIndexOf(true);
  const isCrossed = last >= 0 && last < known.length - 1;
  return isCrossed ? [known[last]!.layers, known[last + 1]!.layers] : null;
}

/** e.g. "between 18 and 19 layers", "at no depth shown" */
export function tellCrossing(points: readonly DepthPoint[]): string {
  const crossing = findCrossing(points);
  return crossing ? `between ${crossing[0]} and ${crossing[1]} layers` : "at no depth shown";
}

export const reachedOf = (points: readonly OwnPoint[]): OwnPoint[] =>
  points.filter(({ converged }) => converged);

function describe({ ours, published }: TransitionData): string {
  const first = ours[0];
  const last = ours.at(-1);
  if (!first || !last) return "Correlation with input and training picture against depth; no data";
  const r = (point: DepthPoint) =>
    `${point.rInput?.toFixed(2) ?? "undefined"} with the input and ` +
    `${point.rTrain?.toFixed(2) ?? "undefined"} with the training picture`;
  const failed = ours.filter(({ converged }) => !converged).map(({ layers }) => layers);
  const exceptions = failed.length > 0 ? ` Not converged: ${failed.join(", ")} layers.` : "";
  const theirs =
    published.length > 0
      ? ` Published values for ${published.length} depths cross ${tellCrossing(published)}.`
      : "";
  return (
    `Mean correlation of the output against depth: at ${first.layers} layer${first.layers === 1 ? "" : "s"} ` +
    `${r(first)}, at ${last.layers} layers ${r(last)}. ` +
    `The two cross ${tellCrossing(reachedOf(ours))}.${exceptions}${theirs}`
  );
}

function published(points: DepthPoint[], y: Outcome): Plot.Markish {
  const { symbol } = lookOf(y);
  const hollow = { r: 4.5, stroke: "var(--published)", strokeWidth: 1.5 };
  return Plot.dot(points, { x: "layers", y, symbol, ...hollow });
}

function series(points: OwnPoint[], y: Outcome): Plot.Markish[] {
  const { mark: stroke, symbol } = lookOf(y);
  const reached = reachedOf(points);
  const failed = points.filter(({ converged }) => !converged);
  const cross = { symbol: "times", r: 4.5, stroke, strokeWidth: 1.75 } as const;
  return [
    Plot.lineY(reached, { x: "layers", y, stroke, strokeWidth: 1.75, strokeOpacity: 0.65 }),
    Plot.dot(reached, { x: "layers", y, symbol, r: 4, fill: stroke }),
    ...(failed.length > 0 ? [Plot.dot(failed, { x: "layers", y, ...cross })] : []),
  ];
}

/** From the least to the greatest of the trainings of a depth, where there are several. */
function spreadOf({ others }: TransitionData, of: Outcome): Plot.Markish[] {
  const spans = others.flatMap(({ layers, repeats }) => {
    const values = repeats.flatMap((repeat) => repeat[of] ?? []);
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    return values.length > 1 ? [{ layers, least, greatest }] : [];
  });
  if (spans.length === 0) return [];
  const ends = { x: "layers", y1: "least", y2: "greatest" };
  const { mark: stroke } = lookOf(of);
  return [Plot.ruleX(spans, { ...ends, stroke, strokeOpacity: 0.45, strokeWidth: 5 })];
}

interface Place {
  x: number;
  y: number;
  /** CSS pixels from the point, right and down. */
  dx?: number;
  dy: number;
  textAnchor: "start" | "end";
}

function direct(text: string, { x, y, ...offset }: Place, fill: string, fontWeight = 600) {
  return Plot.text([text], { x: [x], y: [y], ...offset, fill, fontWeight, fontSize: 13, ...halo });
}

/** The highest point at a depth, ours or theirs, so that a label stands clear of both. */
function highest({ ours, published }: TransitionData, layers: number): number | null {
  const r = [at(layers, ours)?.rInput, at(layers, published)?.rInput].filter((v) => v != null);
  return r.length > 0 ? Math.max(...r) : null;
}

/** Labels stand where their line is far from the others: the identity near the start, the constant near the end. */
function labels(data: TransitionData, size: PlotSize): Plot.Markish[] {
  const wide = size === "wide";
  const last = data.ours.at(-1);
  const above = { dx: 12, dy: -12, textAnchor: "start" } as const;
  const marks: Plot.Markish[] = [];
  const upper = highest(data, 7);
  if (upper !== null) {
    const place = { x: 7, y: upper, ...above };
    marks.push(direct("with the input", place, "var(--identity-text, var(--identity))"));
  }
  const outer = data.published.length > 0 ? highest(data, 12) : null;
  if (outer !== null) {
    marks.push(direct("○ published", { x: 12, y: outer, ...above }, "var(--muted)", 400));
  }
  const lone = wide ? 18 : 5; // where no line runs above a published diamond
  const theirs = at(lone, data.published)?.rTrain;
  if (theirs != null) {
    const place = {
      x: lone,
      y: theirs,
      dx: 5,
      dy: -14,
      textAnchor: wide ? "end" : "start",
    } as const;
    marks.push(direct("◇ published", place, "var(--muted)", 400));
  }
  if (last?.rTrain != null) {
    const place = { x: last.layers, y: last.rTrain, dy: -16, textAnchor: "end" } as const;
    const text = wide ? "with the training picture" : "with the 7";
    marks.push(direct(text, place, "var(--constant-text, var(--constant))"));
  }
  if (data.ours.some(({ converged }) => !converged)) {
    const place = { x: 11, y: 1.04, dy: -14, textAnchor: "start" } as const;
    marks.push(direct("× not converged", place, "var(--ink)", 400));
  }
  if (data.baseline !== null) {
    const text = wide ? "a perfect copy, with the training picture" : "a perfect copy, with the 7";
    const place = { x: 1, y: data.baseline, dy: 28, textAnchor: "start" } as const;
    marks.push(direct(text, place, "var(--muted)", 400));
  }
  return marks;
}

/** Ours filled, the published hollow: how the output leaves its input and turns into the training picture. */
export function plotTransition(data: TransitionData, size: PlotSize = "wide"): string {
  const { ours, baseline } = data;
  const depths = [...ours, ...data.published].map(({ layers }) => layers);
  const repeats = data.others.flatMap(({ repeats }) => repeats);
  const known = [...ours, ...repeats].flatMap(({ rInput, rTrain }) => [rInput ?? 0, rTrain ?? 0]);
  const floor = Math.min(0, ...known);
  return drawSvg(
    { label: describe(data), ...frames[size] },
    {
      marginTop: 30,
      marginLeft: 34,
      marginRight: 14,
      marginBottom: 40,
      x: { domain: [0.4, Math.max(20, ...depths) + 0.3] },
      y: { domain: [Math.floor(floor * 5) / 5, 1.04] },
      marks: [
        Plot.gridY({ ...grid, interval: 0.2 }),
        Plot.axisY({
          interval: 0.2,
          tickSize: 0,
          tickFormat: ".1f",
          label: "mean correlation r",
          labelArrow: "none",
        }),
        Plot.axisX(
          [
            1,
            ...(size === "wide" ? [3, 5, 7, 9, 11, 12, 14, 15, 16, 18, 19, 20] : [5, 10, 15, 20]),
          ],
          {
            tickSize: 4,
            tickFormat: "d",
            label: "layers",
            labelArrow: "none",
            labelAnchor: "center",
            stroke: "var(--muted)",
            fill: "var(--muted)",
          },
        ),
        ...(baseline === null
          ? []
          : [Plot.ruleY([baseline], { stroke: "var(--muted)", strokeDasharray: "2 4" })]),
        published(data.published, "rInput"),
        published(data.published, "rTrain"),
        ...spreadOf(data, "rInput"),
        ...spreadOf(data, "rTrain"),
        ...series(ours, "rInput"),
        ...series(ours, "rTrain"),
        ...labels(data, size),
      ],
    },
  );
}
