import { UserError } from "../error.ts";
import type { OutputDeclaration, SiteTable } from "../lab/site-index.ts";
import { nearest } from "../nearest.ts";
import { findRows, findTable, type RowView, type RunView, siteIndex } from "./results.ts";

/** What an address in a text means, e.g. "depths/layers=20/loss". */
export interface Selection {
  address: string;
  study: string;
  table: SiteTable;
  rows: RowView[];
  /** Axes that the address leaves open and that have several values. */
  open: string[];
  /** What follows the coordinates: an output and what in it. */
  path: string[];
}

const refuse = (what: string, written: string, known: readonly string[], address: string) => {
  const meant = nearest(written, known);
  return new UserError(
    `unknown ${what} “${written}” in “${address}”; ` +
      (meant ? `did you mean “${meant}”?` : `known: ${known.join(", ")}`),
  );
};

/** Names in the first places of a path: an output, "params", or "from" and an input. */
export function checkPath({ table, path, address }: Pick<Selection, "table" | "path" | "address">) {
  const [output, inner] = path;
  if (output === undefined || output === "params" || output === "from") return;
  const declared = table.outputs[output];
  if (!declared) throw refuse("output", output, Object.keys(table.outputs), address);
  const parts = Object.keys(declared.columns ?? declared.dimensions ?? {});
  if (inner !== undefined && parts.length > 0 && !parts.includes(inner)) {
    throw refuse(declared.columns ? "column" : "array", inner, parts, address);
  }
}

/**
 * @param address a table, then coordinates by axis, then a path: "depths/layers=20/course/loss/last".
 * @throws UserError for names that mean nothing, with the nearest that do.
 */
export function select(study: string, address: string): Selection {
  const [tableId = "", ...rest] = address.split("/").filter((part) => part !== "");
  const table = findTable(study, tableId);
  const first = rest.findIndex((part) => !part.includes("="));
  const coordinates = first < 0 ? rest : rest.slice(0, first);
  const path = first < 0 ? [] : rest.slice(first);
  const at = coordinates.map((part) => {
    const [axis = "", ...slug] = part.split("=");
    return [axis, slug.join("=")] as const;
  });
  const fixed = Object.fromEntries(at);
  const open = table.axes
    .filter(({ name, values }) => !(name in fixed) && values.length > 1)
    .map(({ name }) => name);
  const selection = { address, study, table, open, path, rows: findRows(study, tableId, fixed) };
  checkPath(selection);
  return selection;
}

/** One run by itself, which tables may not list. @param path e.g. one of its outputs */
export function selectRun(run: RunView, path: readonly string[] = []): Selection {
  const { outputs } = siteIndex().runs[run.key]!;
  const table = { id: run.name, title: null, task: run.task, axes: [], outputs, rows: [] };
  const rows = [{ ...run, at: [], label: "" }];
  return { address: run.name, study: "", table, rows, open: [], path: [...path] };
}

/**
 * The output that an address or a property names, else the only one that fits.
 * @param fits e.g. that it is a table.
 * @param what in words, e.g. "table".
 * @throws UserError where none or several fit.
 */
export function chooseOutput(
  { table, path, address }: Selection,
  fits: (declaration: OutputDeclaration) => boolean,
  what: string,
): [name: string, declaration: OutputDeclaration] {
  const [named] = path;
  if (named !== undefined) {
    const declaration = table.outputs[named];
    if (declaration && fits(declaration)) return [named, declaration];
    throw new UserError(`the output “${named}” in “${address}” is no ${what}`);
  }
  const fitting = Object.entries(table.outputs).filter(([, declaration]) => fits(declaration));
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const names = fitting.map(([name]) => `${address}/${name}`);
  throw new UserError(
    only
      ? `“${address}” has several outputs of that kind; name one: ${names.join(", ")}`
      : `“${address}” has no output that is a ${what}`,
  );
}
