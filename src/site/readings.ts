import { UserError } from "../error.ts";
import { bars } from "./bars.ts";
import { curves } from "./curves.ts";
import { matrix } from "./matrix.ts";
import type { MdxElement } from "./mdx.ts";
import { tell } from "./mistakes.ts";
import { numberTable } from "./number-table.ts";
import { scatter } from "./scatter.ts";
import { select, type Selection } from "./selection.ts";
import { tileGrid } from "./tiles.ts";
import { readValue } from "./value.ts";

interface Reading {
  /** Properties that decide what is read; others decide how it looks. */
  given: readonly string[];
  read: (selection: Selection, given: Record<string, string>) => unknown;
}

/** What components that are handed to texts read, without rendering it. */
const readings: Readonly<Record<string, Reading>> = {
  Bars: { given: [], read: (selection) => bars(selection) },
  Curves: { given: ["x", "y", "facet"], read: curves },
  Matrix: { given: ["rows", "columns", "range"], read: matrix },
  Scatter: {
    given: ["x", "y", "by"],
    read: (selection, given) => scatter(selection, given as Record<"x" | "y", string>),
  },
  Table: { given: ["columns", "seeds"], read: numberTable },
  Tiles: { given: ["measures", "bars", "inputs"], read: tileGrid },
  Value: {
    given: [],
    read: ({ study, address }) => readValue(study, address, { percent: false }),
  },
};

/**
 * What an element's address is found to mean before anything is rendered: nothing where its
 * properties are expressions, which only rendering knows.
 * @param study that it stands in.
 * @returns what is wrong with it, in words; null where nothing is.
 */
export function findMistake(
  { name, attributes, spreads }: Pick<MdxElement, "name" | "attributes" | "spreads">,
  study: string,
): string | null {
  const reading = readings[name];
  const { of, study: other = study } = attributes;
  if (!reading || spreads || typeof of !== "string" || other === null) return null;
  const given = reading.given.flatMap((property) =>
    property in attributes ? [[property, attributes[property]] as const] : [],
  );
  try {
    const selection = select(other, of);
    if (given.some(([, value]) => value === null)) return null;
    reading.read(selection, Object.fromEntries(given) as Record<string, string>);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return tell(error);
  }
}
