import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import type { NamedStudy } from "./studies.ts";
import type { Coordinate } from "./table.ts";

/** e.g. "decides/layers=20/optimizer=adam" */
export const formatAddress = (table: string, at: readonly Coordinate[]): string =>
  [table, ...at.map(({ axis, slug }) => `${axis}=${slug}`)].join("/");

function unknown(
  what: string,
  written: string,
  known: readonly string[],
  whole: string,
): UserError {
  const meant = nearest(written, known);
  return new UserError(`unknown ${what} “${written}” in “${whole}”`, {
    hint: meant ? `did you mean “${meant}”?` : `known: ${known.join(", ")}`,
  });
}

/** Which runs an address means, e.g. "shapes", "shapes/widths" or "shapes/widths/width=8". */
export type Selector = (study: string, table: string, at: readonly Coordinate[]) => boolean;

function parseSelector(studies: readonly NamedStudy[], address: string): Selector {
  const [studyId = "", tableId, ...coordinates] = address.split("/").filter((part) => part !== "");
  const study = studies.find(({ id }) => id === studyId);
  if (!study)
    throw unknown(
      "study",
      studyId,
      studies.map(({ id }) => id),
      address,
    );
  if (tableId === undefined) return (id) => id === studyId;
  const table = study.tables[tableId];
  if (!table) throw unknown("table", tableId, Object.keys(study.tables), address);
  const wanted = coordinates.map((coordinate) => {
    const [axis = "", slug = ""] = coordinate.split("=");
    const axes = Object.keys(table.over);
    if (!axes.includes(axis)) throw unknown("axis", axis, axes, address);
    const slugs = [
      ...new Set(
        table.rows.flatMap(({ at }) => at.filter((c) => c.axis === axis).map((c) => c.slug)),
      ),
    ];
    if (!slugs.includes(slug)) throw unknown(`value of “${axis}”`, slug, slugs, address);
    return { axis, slug };
  });
  return (id, name, at) =>
    id === studyId &&
    name === tableId &&
    wanted.every(({ axis, slug }) => at.some((c) => c.axis === axis && c.slug === slug));
}

/**
 * @param only addresses, partial ones too; none select everything.
 * @throws UserError for one that means nothing, with the nearest that does.
 */
export function parseSelection(studies: readonly NamedStudy[], only: readonly string[]): Selector {
  const selectors = only.map((address) => parseSelector(studies, address));
  return (...run) => selectors.length === 0 || selectors.some((selects) => selects(...run));
}

/** For people: the coordinates along the axes on which the rows of a table differ, e.g. "20 layers, Adam". */
export function labelRows(rows: readonly { at: readonly Coordinate[] }[]): string[] {
  const varying = new Set(
    rows.flatMap(({ at }) =>
      at
        .filter(({ axis, slug }) =>
          rows.some((other) => other.at.some((c) => c.axis === axis && c.slug !== slug)),
        )
        .map(({ axis }) => axis),
    ),
  );
  return rows.map(({ at }) =>
    at
      .filter(({ axis }) => varying.has(axis))
      .map(({ axis, label, value }) =>
        label === String(value) && typeof value !== "string" ? `${axis} ${label}` : label,
      )
      .join(", "),
  );
}
