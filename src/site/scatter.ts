import { UserError } from "../error.ts";
import type { ScatterData } from "../plots/scatter.ts";
import { coloursOf } from "./colours.ts";
import { axisOf, groupRows } from "./lines.ts";
import { describeAxis, describeMeasure, type Measure, readNumber } from "./measures.ts";
import type { RowView } from "./results.ts";
import { checkPath, type Selection } from "./selection.ts";

export interface ScatterOptions {
  /** Numbers that runs yield, or axes of the table. */
  x: string;
  y: string;
  /** An axis whose values have a colour each. */
  by?: string;
}

interface Direction {
  measure: Measure;
  read: (row: RowView) => number | null;
}

function directionOf({ table, address }: Selection, written: string): Direction {
  const axis = table.axes.find(({ name }) => name === written);
  if (axis) {
    const read = (row: RowView): number | null => {
      const value = row.at.find((coordinate) => coordinate.axis === written)?.value;
      return typeof value === "number" ? value : null;
    };
    return { measure: describeAxis(table, written), read };
  }
  const path = written.split("/");
  checkPath({ table, path, address: `${address}/${written}` });
  return { measure: describeMeasure(table, path), read: (row) => readNumber(row, path) };
}

/** A point for each run that is done and has both numbers. */
export function scatter(selection: Selection, { x, y, by }: ScatterOptions): ScatterData {
  const { table, rows, address } = selection;
  const names = table.axes.map(({ name }) => name);
  if (by !== undefined && !names.includes(by)) {
    throw new UserError(`“${address}” has no axis “${by}”; it has ${names.join(", ")}`);
  }
  const [across, up] = [directionOf(selection, x), directionOf(selection, y)];
  const groups = by
    ? groupRows(rows, ...names.filter((name) => name !== by))
    : [{ label: "", rows }];
  return {
    title: `${up.measure.label} against ${across.measure.label}`,
    x: axisOf(across.measure),
    y: axisOf(up.measure),
    groups: groups.map(({ label, rows }, i) => ({
      name: label,
      ...coloursOf(label, i),
      points: rows
        .filter(({ status }) => status === "done")
        .flatMap((row) => {
          const [px, py] = [across.read(row), up.read(row)];
          return px === null || py === null ? [] : [{ x: px, y: py, label: row.label }];
        }),
    })),
  };
}
