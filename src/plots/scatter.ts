import * as Plot from "@observablehq/plot";
import { type Axis, axisX, axisY, scaleOf, textWidth } from "./axis.ts";
import { drawSvg, grid, halo, type PlotSize } from "./svg.ts";

export interface ScatterGroup {
  name: string;
  /** CSS colours of marks, and of small text. */
  mark: string;
  text: string;
  points: { x: number; y: number; label: string }[];
}

export interface ScatterData {
  /** What is drawn, for screen readers. */
  title: string;
  x: Axis;
  y: Axis;
  groups: ScatterGroup[];
}

const frames = {
  wide: { width: 720, height: 400, left: 58, count: 5 },
  narrow: { width: 360, height: 320, left: 50, count: 4 },
};

/** A point a run; groups are named beside the point that lies farthest from the others. */
export function plotScatter({ title, x, y, groups }: ScatterData, size: PlotSize = "wide"): string {
  const { width, height, left, count } = frames[size];
  const points = groups.flatMap(({ points }) => points);
  const across = scaleOf(
    x,
    points.map((point) => point.x),
    count,
  );
  const up = scaleOf(
    y,
    points.map((point) => point.y),
    count,
  );
  const isNamed = groups.length > 1;
  const longest = Math.max(0, ...groups.map(({ name }) => textWidth(name)));
  const ends = groups.flatMap(({ name, text, points }) => {
    const end = [...points].sort((a, b) => b.x - a.x)[0];
    return end ? [{ name, text, ...end }] : [];
  });
  const n = points.length;
  return drawSvg(
    { label: `${title}: ${n} points in ${groups.length} groups.`, width, height },
    {
      marginTop: 30,
      marginLeft: left,
      marginRight: isNamed ? Math.min(longest + 16, width * 0.3) : 14,
      marginBottom: 40,
      x: { type: across.type, domain: across.domain },
      y: { type: up.type, domain: up.domain },
      marks: [
        Plot.gridY({ ...grid, ticks: up.ticks }),
        axisY(up, up.type === "log" ? `${y.label}, log axis` : y.label),
        axisX(across, across.type === "log" ? `${x.label}, log axis` : x.label),
        ...groups.map(({ points, mark }) =>
          Plot.dot(points, { x: "x", y: "y", r: 4, fill: mark, fillOpacity: 0.8, title: "label" }),
        ),
        isNamed
          ? Plot.text(ends, {
              x: "x",
              y: "y",
              text: "name",
              fill: { value: "text", scale: null },
              dx: 9,
              textAnchor: "start",
              fontSize: 13,
              fontWeight: 600,
              ...halo,
            })
          : null,
      ],
    },
  );
}
