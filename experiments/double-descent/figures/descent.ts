import type { Line, LinesData, Point } from "#plots/lines";
import { groupOver, summarise } from "#site/aggregate";
import { coloursOf } from "#site/colours";
import type { RowView } from "#site/results";

/** What can be drawn against the number of parameters. */
export const views = {
  errors: {
    label: "share of wrong answers",
    log: false,
    range: [0, 1],
    lines: { testError: "", trainError: ", training" },
  },
  losses: {
    label: "squared error per test picture",
    log: true,
    range: null,
    lines: { testLoss: "" },
  },
  norms: { label: "norm of the parameters", log: true, range: null, lines: { norm: "" } },
} as const;

export type View = keyof typeof views;

const readNumber = ({ out }: RowView, output: string): number | null => {
  const value = out[output]?.value;
  return typeof value === "number" ? value : null;
};

/** Along the parameters, one course for each seed; runs without a result leave gaps. */
function coursesOf(rows: readonly RowView[], output: string): Point[][] {
  return groupOver(rows, "width").map(({ rows }) =>
    rows
      .flatMap((row): Point[] => {
        const x = readNumber(row, "ratio");
        return x === null ? [] : [{ x, y: readNumber(row, output) }];
      })
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
export function descentData(rows: readonly RowView[], view: View): LinesData {
  const { label, log, range, lines } = views[view];
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
      return Object.entries(lines).map(([output, suffix]): Line => {
        const runs = coursesOf(some!, output);
        const colour = suffix === "" ? mark : paler(mark);
        return { name: `${labels}${suffix}`, mark: colour, text, runs, band: bandOf(runs) };
      });
    }),
  };
}
