import { readFileSync } from "node:fs";
import type { OutputDeclaration } from "../lab/site-index.ts";
import { numbersIn, repeatsOf } from "./measures.ts";
import { publicPath } from "./public-folder.ts";
import type { OutputView, RowView } from "./results.ts";
import type { Selection } from "./selection.ts";

/** How an output is shown where nobody says how. */
export type OutputShape =
  | "numbers"
  | "value"
  | "course"
  | "rows"
  | "pictures"
  | "plane"
  | "image"
  | "audio"
  | "text"
  | "download";

const isPictures = (dimensions: readonly string[]): boolean =>
  dimensions.at(-2) === "y" && dimensions.at(-1) === "x";

/** Most rows or columns of a matrix that is drawn unasked. */
const mostCells = 32;

function shapeOfArrays(views: readonly OutputView[]): OutputShape {
  const arrays = views.flatMap((view) => Object.values(view.arrays));
  if (arrays.some(({ dimensions, sheet }) => sheet && isPictures(dimensions ?? []))) {
    return "pictures";
  }
  const isPublished = views.some(({ href }) => href !== null);
  const planes = arrays.filter(({ shape, dimensions }) => shape.length === 2 && dimensions);
  const longest = Math.max(0, ...planes.flatMap(({ shape }) => shape));
  return isPublished && planes.length > 0 && longest <= mostCells ? "plane" : "download";
}

function shapeOfFile(media: string): OutputShape {
  if (media.startsWith("image/")) return "image";
  if (media.startsWith("audio/")) return "audio";
  return media.startsWith("text/") || media === "application/json" ? "text" : "download";
}

/** @param views what runs yielded of this output; none leave the shape to the declaration. */
export function shapeOf(
  name: string,
  { kind, columns = {}, media = "" }: OutputDeclaration,
  rows: readonly RowView[],
): OutputShape {
  const views = rows.flatMap(({ out }) => out[name] ?? []);
  switch (kind) {
    case "value": {
      const isNumbers = rows.some((row) => numbersIn(row).some(([output]) => output === name));
      return isNumbers ? "numbers" : "value";
    }
    case "table":
      return Object.values(columns).some(({ role }) => role === "x") ? "course" : "rows";
    case "arrays":
      return shapeOfArrays(views);
    case "file":
      return shapeOfFile(media);
  }
}

/** The axis of numbers along which most runs lie; null where there are fewer than three. */
export function numberAxis({ table, open }: Selection): string | null {
  const axes = table.axes.filter(
    ({ name, values }) =>
      !repeatsOf(table).includes(name) &&
      open.includes(name) &&
      values.length >= 3 &&
      values.every(({ value }) => typeof value === "number"),
  );
  return [...axes].sort((a, b) => b.values.length - a.values.length)[0]?.name ?? null;
}

/** Whether every run yields one number here, so that a small plot says all. */
export function isOneNumber(name: string, { table, rows }: Selection): boolean {
  const yielded = rows.filter(({ out }) => out[name]);
  const numbers = yielded.map((row) => numbersIn(row).filter(([output]) => output === name));
  return (
    rows.length > 1 &&
    table.outputs[name]!.kind === "value" &&
    numbers.length > 0 &&
    numbers.every(({ length }) => length === 1)
  );
}

/** Most groups of runs that one plot draws as lines; more have a small plot each. */
export const mostLines = 5;

/** Most characters of a text that a page carries. */
const mostText = 4000;

/** The beginning of a file that is published. */
export function readText(href: string): { text: string; isWhole: boolean } {
  const path = publicPath(href);
  const text = readFileSync(path, "utf8");
  return { text: text.slice(0, mostText), isWhole: text.length <= mostText };
}
