import { UserError } from "../error.ts";
import type { BarsData } from "../plots/bars.ts";
import { summarise } from "./aggregate.ts";
import { coloursOf } from "./colours.ts";
import { axisOf, groupRows } from "./lines.ts";
import { describeMeasure, readNumber, repeatsOf } from "./measures.ts";
import type { Selection } from "./selection.ts";

/** A bar for each group of runs that repeat one another: the mean of a number. */
export function bars({ rows, path, table, address }: Selection, label?: string): BarsData {
  if (path.length === 0) {
    throw new UserError(`“${address}” names no output`, {
      hint: `one of ${Object.keys(table.outputs).join(", ")}`,
    });
  }
  const measure = describeMeasure(table, path);
  const x = axisOf({ ...measure, label: label ?? measure.label });
  const groups = groupRows(rows, ...repeatsOf(table));
  return {
    title: `${x.label} by ${table.axes.map(({ name }) => name).join(", ")}`,
    x,
    bars: groups.map(({ label: name, rows }) => {
      const done = rows.filter(({ status }) => status === "done");
      const values = done.flatMap((row) => readNumber(row, path) ?? []);
      const reason = rows.find(({ status }) => status !== "done")?.status ?? null;
      const { mark } = coloursOf(name, 0);
      return { name: name || "all", mark, values, mean: summarise(values)?.mean ?? null, reason };
    }),
  };
}
