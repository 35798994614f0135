import { formatTable } from "../src/lab/format.ts";
import type { Goal } from "./goals.ts";
import type { Row } from "./row.ts";

const number = (value: number | null, digits: number): string => value?.toFixed(digits) ?? "–";

/** Milliseconds with three significant digits or whole, e.g. "0.432", "17.6", "1204". */
const milliseconds = (value: number | null): string =>
  value === null ? "–" : value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(value))));

function arrangement({ threads, processes }: Row): string {
  const each = threads === 1 ? "1 thread" : `${threads} threads`;
  return processes === 1 ? each : `${processes} × ${each}`;
}

const head = [
  "",
  "ms/step",
  "best",
  "GFLOP/s",
  "of peak",
  "÷ best",
  "MB",
  "compile ms",
  "others",
  "",
];

/** Characters of a failure's reason that the table shows; --json has all of it. */
const noteWidth = 80;

/** The rows of one case under its name, e.g. "cnn-20/adam". */
export function formatCase(rows: readonly Row[]): string[] {
  const body = rows.map((row) => [
    `  ${row.engine}`,
    arrangement(row),
    milliseconds(row.msPerStep),
    milliseconds(row.minMs),
    number(row.gflops, 0),
    number(row.effectiveFractionOfPeak, 2),
    number(row.ratioToBest, 2),
    number(row.rssMb, 0),
    number(row.compileMs, 0),
    number(row.foreignCores, 1),
    (row.note ?? row.variant ?? "").slice(0, noteWidth),
  ]);
  return formatTable([[rows[0]!.case, ...head], ...body], "llrrrrrrrrl");
}

/** One line per goal and their count. */
export function formatGoals(goals: readonly Goal[]): string[] {
  if (goals.length === 0) return ["no goal can be judged: they compare with PyTorch's times"];
  const lines = goals.map(({ goal, found, limit, met }) => {
    const digits = limit > 10 ? 0 : 2;
    return [met ? "met" : "NOT MET", found.toFixed(digits), `≤ ${limit}`, goal];
  });
  const count = goals.filter(({ met }) => met).length;
  return [...formatTable(lines, "lrll"), `${count} of ${goals.length} goals met`];
}
