import type { Line, LinesData, Point } from "#plots/lines";
import { groupOver, summarise } from "#site/aggregate";
import { coloursOf } from "#site/colours";
import type { Row } from "#site/studies";
import type study from "../study.ts";

declare module "#site/studies" {
  interface Studies {
    "double-descent": typeof study;
  }
}

export type FitTable = "features" | "networks";
export type Fit = Row<"double-descent", FitTable>;

interface ViewDeclaration {
  label: string;
  log: boolean;
  range: readonly [number, number] | null;
  /** What is measured, each with the end of its name. */
  lines: [of: keyof Fit["out"], suffix: string][];
}

/** What can be drawn against the number of parameters. */
const views = {
  errors: {
    label: "share of wrong answers",
    log: false,
    range: [0, 1],
    lines: [
      ["testError", ""],
      ["trainError", ", training"],
    ],
  },
  losses: {
    label: "squared error per test picture",
    log: true,
    range: null,
    lines: [["testLoss", ""]],
  },
  norms: { label: "norm of the parameters", log: true, range: null, lines: [["norm", ""]] },
} satisfies Record<string, ViewDeclaration>;

export type View = keyof typeof views;

/** Along the parameters, one course for each seed; runs without a result leave gaps. */
function coursesOf(rows: readonly Fit[], output: keyof Fit["out"]): Point[][] {
  return groupOver(rows, "width").map(({ rows }) =>
    rows
      .flatMap(({ out }): Point[] =>
        out.ratio ? [{ x: out.ratio.value, y: out[output]?.value ?? null }] : [],
      )
      .sort((a, b) => a.x - b.x),
  );
}

function bandOf(courses: readonly Point[][]): Line["band"] {
  const places = [...new Set(courses.flat().map(({ x }) => x))].sort((a, b) => a - b);
  return places.flatMap((x) => {
    const ys = courses.flat().flatMap((point) => (point.x === x ? (point.y ?? []) : []));
    const band = summarise(ys);
    return band && courses.length > 1 ? [{ x, ...band }] : [];
  });
}

const paler = (colour: string): string => `color-mix(in oklab, ${colour} 45%, var(--paper))`;

/** Fits of growing size, a line for each share of wrong labels and each thing measured. */
export function descentData(rows: readonly Fit[], view: View): LinesData {
  const { label, log, range, lines }: ViewDeclaration = views[view];
  const byLabels = Object.entries(
    Object.groupBy(rows, ({ at }) => at.find(({ axis }) => axis === "noise")!.label),
  );
  return {
    title: `${label[0]!.toUpperCase()}${label.slice(1)} against the number of parameters`,
    x: { label: "parameters ÷ (examples × outputs)", log: true, range: null },
    y: { label, log, range },
    dots: true,
    marks: [{ x: 1, label: "threshold" }],
    lines: byLabels.flatMap(([labels, some], i) => {
      const { mark, text } = coloursOf(labels, i);
      return lines.map(([output, suffix]): Line => {
        const runs = coursesOf(some!, output);
        const colour = suffix === "" ? mark : paler(mark);
        return { name: `${labels}${suffix}`, mark: colour, text, runs, band: bandOf(runs) };
      });
    }),
  };
}
