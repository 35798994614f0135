import * as Plot from "@observablehq/plot";
import { formatNumber } from "../site/numbers.ts";
import { type Axis, axisX, scaleOf, textWidth } from "./axis.ts";
import { drawSvg, type PlotSize } from "./svg.ts";

export interface LabelledBar {
  name: string;
  /** CSS colour. */
  mark: string;
  /** One number for each seed. */
  values: number[];
  /** Null where no run has a number. */
  mean: number | null;
  /** Why there is none. */
  reason: string | null;
}

export interface BarsData {
  /** What is drawn, for screen readers. */
  title: string;
  x: Axis;
  bars: LabelledBar[];
}

const widths = { wide: 640, narrow: 360 };
const pitch = 30;
/** Most characters of a name before it is cut. */
const longest = { wide: 36, narrow: 20 };

/** Lengths from zero, dots for seeds, and the mean as a number at the end. */
export function plotBars({ title, x, bars }: BarsData, size: PlotSize = "wide"): string {
  const width = widths[size];
  const cut = (name: string): string =>
    name.length > longest[size] ? `${name.slice(0, longest[size] - 1)}…` : name;
  const left = Math.max(...bars.map(({ name }) => textWidth(cut(name)))) + 12;
  const numbers = bars.flatMap(({ values, mean }) => [...values, mean ?? 0]);
  const scale = scaleOf({ ...x, log: false }, numbers, size === "wide" ? 5 : 3, {
    fromZero: true,
    room: 0,
  });
  const at = bars.map((bar, i) => ({ ...bar, i, name: cut(bar.name) }));
  const dots = at.flatMap(({ values, i }) =>
    values.length > 1 ? values.map((value) => ({ value, i })) : [],
  );
  const said = bars.map(({ name, mean }) => `${name} ${formatNumber(mean)}`).join("; ");
  const words = { textAnchor: "start", fontSize: 13, fill: "var(--ink)" } as const;
  const greatest = ({ values, mean }: LabelledBar): number => Math.max(mean ?? 0, ...values, 0);
  return drawSvg(
    { label: `${title}. ${said}.`, width, height: bars.length * pitch + 56 },
    {
      marginTop: 6,
      marginLeft: left,
      marginRight: 62,
      marginBottom: 42,
      x: { domain: scale.domain },
      y: { domain: [-0.5, bars.length - 0.5], reverse: true },
      marks: [
        Plot.ruleX(scale.ticks, { stroke: "var(--hairline)" }),
        axisX(scale, x.label),
        Plot.rect(
          at.filter(({ mean }) => mean !== null),
          {
            x1: 0,
            x2: "mean",
            y1: ({ i }: { i: number }) => i - 0.34,
            y2: ({ i }: { i: number }) => i + 0.34,
            fill: { value: "mark", scale: null },
            fillOpacity: 0.85,
          },
        ),
        Plot.dot(dots, { x: "value", y: "i", r: 2.5, fill: "var(--ink)", stroke: "var(--paper)" }),
        Plot.text(at, {
          x: scale.domain[0],
          y: "i",
          text: "name",
          ...words,
          textAnchor: "end",
          dx: -8,
        }),
        Plot.text(at, {
          x: greatest,
          y: "i",
          text: ({ mean, reason }: LabelledBar) =>
            mean === null ? (reason ?? "–") : formatNumber(mean),
          ...words,
          dx: 8,
        }),
      ],
    },
  );
}
