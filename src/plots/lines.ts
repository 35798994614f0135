import * as Plot from "@observablehq/plot";
import { formatNumber } from "../site/numbers.ts";
import {
  type Axis,
  axisX,
  axisY,
  pixelOf,
  type Scale,
  scaleOf,
  spread,
  textWidth,
} from "./axis.ts";
import { drawSvg, grid, halo, type PlotSize } from "./svg.ts";

export interface Point {
  x: number;
  /** Null leaves a gap. */
  y: number | null;
}

export interface Line {
  name: string;
  /** CSS colours of marks, and of small text. */
  mark: string;
  text: string;
  /** One course for each seed. */
  runs: Point[][];
  /** Of several seeds, where they have a number; empty for one seed. */
  band: { x: number; mean: number; low: number; high: number }[];
}

export interface LinesData {
  /** What is drawn, for screen readers. */
  title: string;
  x: Axis;
  y: Axis;
  lines: Line[];
  /** Whether each point was measured on its own, as against the steps of one course. */
  dots: boolean;
  /** Places on the x axis that have a name. */
  marks?: { x: number; label: string }[];
}

/** "small" is one of many plots beside each other, without words on the lines. */
export type LinesSize = PlotSize | "small";

const frames = {
  wide: { width: 720, height: 360, left: 58, count: 5 },
  narrow: { width: 360, height: 300, left: 50, count: 4 },
  small: { width: 240, height: 160, left: 46, count: 3 },
};
const [top, bottom, labelGap] = [30, 40, 15];
const [legendPitch, legendGap, swatch] = [19, 5, 13];

const finite = ({ y }: Point): boolean => y !== null;

interface Place {
  x: number;
  y: number;
}

/** The mean over seeds, or the only course. */
const centreOf = ({ band, runs }: Line): Place[] =>
  band.length > 0
    ? band.map(({ x, mean }) => ({ x, y: mean }))
    : (runs[0] ?? []).filter(finite).map(({ x, y }) => ({ x, y: y! }));

const last = (line: Line): Place | null => centreOf(line).at(-1) ?? null;

/** What is worth saying of a course: its ends, its peak, and the least on either side of the peak. */
function describeCourse(points: readonly Place[]): string {
  const least = (some: readonly Place[]) =>
    some.reduce<Place | null>((a, b) => (a && a.y <= b.y ? a : b), null);
  const peak = points.reduce((a, b) => (b.y > a.y ? b : a));
  const at = points.indexOf(peak);
  const said: [Place | null | undefined, string][] = [
    [points[0], "from "],
    [least(points.slice(0, at)), "least "],
    [peak, "peak "],
    [least(points.slice(at + 1)), "then least "],
    [points.at(-1), "to "],
  ];
  // An end that is also the least or the peak is told once, as the end.
  const told = said.filter(
    ([place], i) =>
      place && (i === 0 || (place !== points[0] && (i === 4 || place !== points.at(-1)))),
  );
  return told
    .map(([place, word]) => `${word}${formatNumber(place!.y)} at ${formatNumber(place!.x)}`)
    .join(", ");
}

function describe({ title, lines, x }: LinesData): string {
  const courses = lines.slice(0, 8).map((line) => {
    const points = centreOf(line);
    return `${line.name}: ${points.length === 0 ? "no values" : describeCourse(points)}`;
  });
  return `${title}, by ${x.label}. ${courses.join("; ")}.`;
}

function drawLine({ runs, band, mark }: Line, { dots }: LinesData, keep: (p: Point) => boolean) {
  const [thin, many] = [band.length > 0, runs.length > 1];
  const shown = runs.map((run) => run.map((p) => (keep(p) ? p : { ...p, y: NaN })));
  const centre = band.map(({ x, mean }) => ({ x, y: mean })).filter(keep);
  return [
    Plot.areaY(band, { x: "x", y1: "low", y2: "high", fill: mark, fillOpacity: 0.16 }),
    ...shown.map((run) =>
      Plot.lineY(run, {
        x: "x",
        y: "y",
        stroke: mark,
        strokeWidth: thin ? 0.75 : 1.75,
        strokeOpacity: thin ? (dots ? 0 : 0.5) : 1,
      }),
    ),
    Plot.lineY(centre, { x: "x", y: "y", stroke: mark, strokeWidth: 1.75 }),
    dots && many
      ? Plot.dot(shown.flat(), { x: "x", y: "y", r: 1.75, fill: mark, fillOpacity: 0.6 })
      : null,
    dots ? Plot.dot(thin ? centre : shown.flat(), { x: "x", y: "y", r: 3.5, fill: mark }) : null,
  ];
}

/** Names stand at the ends of their lines, moved apart where ends lie close. */
function names(data: LinesData, y: Scale, height: number): Plot.Markish[] {
  const ends = data.lines.flatMap((line) => {
    const end = last(line);
    const isShown = end && (y.type === "linear" || end.y > 0);
    return isShown ? [{ line, end, at: height - pixelOf(y, end.y, height) }] : [];
  });
  const places = spread(
    ends.map(({ at }) => at),
    labelGap,
    height,
  );
  return ends.map(({ line, end, at }, i) =>
    Plot.text([line.name], {
      x: [end.x],
      y: [end.y],
      dx: 9,
      dy: places[i]! - at,
      textAnchor: "start",
      fill: line.text,
      fontSize: 13,
      fontWeight: 600,
      ...halo,
    }),
  );
}

/** Where each name of a legend stands, in pixels from the start of its first line. */
function flow(lines: readonly Line[], width: number): { x: number; row: number }[] {
  let [x, row] = [0, 0];
  return lines.map(({ name }) => {
    const length = swatch + textWidth(name);
    if (x > 0 && x + length > width) [x, row] = [0, row + 1];
    const place = { x, row };
    x += length + labelGap;
    return place;
  });
}

/** Names below the plot, each beside a spot of its line's colour. */
const legend = (lines: readonly Line[], places: readonly { x: number; row: number }[]) =>
  lines.flatMap(({ name, mark, text }, i) => {
    const { x, row } = places[i]!;
    const at = {
      frameAnchor: "bottom-left",
      dy: bottom + legendGap + legendPitch * (row + 0.5),
    } as const;
    return [
      Plot.dot([name], { ...at, dx: x + 4, r: 4, fill: mark }),
      Plot.text([name], {
        ...at,
        dx: x + swatch,
        textAnchor: "start",
        lineAnchor: "middle",
        fill: text,
        fontSize: 13,
        fontWeight: 600,
      }),
    ];
  });

/** Numbers against numbers: seeds thin, their mean and band strong, names at the ends or below. */
export function plotLines(data: LinesData, size: LinesSize = "wide"): string {
  const { width, height, left, count } = frames[size];
  const { lines } = data;
  const points = lines.flatMap(({ runs, band }) => [
    ...runs.flat(),
    ...band.flatMap(({ x, low, high }) => [
      { x, y: low },
      { x, y: high },
    ]),
  ]);
  const x = scaleOf(
    data.x,
    points.map(({ x }) => x),
    count + 1,
    { room: data.dots ? 0.04 : 0 },
  );
  const y = scaleOf(
    data.y,
    points.flatMap(({ y }) => y ?? []),
    count,
  );
  const keep = ({ x: px, y: py }: Point): boolean =>
    py !== null && (y.type === "linear" || py > 0) && (x.type === "linear" || px > 0);
  const isNamed = size !== "small" && (lines.length > 1 || lines[0]?.name !== "");
  const longest = Math.max(0, ...lines.map(({ name }) => textWidth(name)));
  const isBelow = isNamed && longest > width * 0.28;
  const right = isNamed && !isBelow ? longest + 14 : 14;
  const places = isBelow ? flow(lines, width - left - right) : [];
  const below = places.length > 0 ? legendGap + legendPitch * (places.at(-1)!.row + 1) : 0;
  const margin = size === "small" ? 36 : bottom;
  return drawSvg(
    { label: describe(data), width, height: height + below },
    {
      marginTop: size === "small" ? 24 : top,
      marginLeft: left,
      marginRight: right,
      marginBottom: margin + below,
      x: { type: x.type, domain: x.domain },
      y: { type: y.type, domain: y.domain },
      marks: [
        Plot.gridY({ ...grid, ticks: y.ticks }),
        axisY(y, data.y.log && y.type === "log" ? `${data.y.label}, log axis` : data.y.label),
        axisX(x, data.x.log && x.type === "log" ? `${data.x.label}, log axis` : data.x.label, {
          labelOffset: margin - 3,
        }),
        ...(data.marks ?? []).flatMap((mark) => [
          Plot.ruleX([mark.x], { stroke: "var(--muted)", strokeDasharray: "2 4" }),
          Plot.text([mark.label], {
            x: [mark.x],
            frameAnchor: "top",
            textAnchor: "start",
            dx: 5,
            dy: 2,
            fill: "var(--muted)",
            fontSize: 13,
            ...halo,
          }),
        ]),
        ...lines.flatMap((line) => drawLine(line, data, keep)),
        ...(isNamed && !isBelow ? names(data, y, height - top - bottom) : []),
        ...legend(isBelow ? lines : [], places),
      ],
    },
  );
}
