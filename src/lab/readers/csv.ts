import { basename } from "node:path";
import { UserError } from "../../error.ts";
import { nearest } from "../../nearest.ts";
import { parseCsv } from "../csv.ts";
import type { CellKind } from "../data.ts";
import type { ReadData } from "../graph.ts";
import { makeOnce } from "../kept-arrays.ts";
import type { LabelledArray } from "../output.ts";
import { readSource, type SourceFile } from "./source-file.ts";

interface TextTable {
  header: string[];
  /** Each as long as the header. */
  rows: string[][];
}

const countCells = (count: number): string => `${count} ${count === 1 ? "cell" : "cells"}`;

/** Lines that are empty are left out, unless the table has one column. */
function parseTable({ path, bytes }: SourceFile): TextTable {
  let all: string[][];
  try {
    all = parseCsv(bytes.toString("utf8"));
  } catch (error) {
    throw new UserError(`${path}, ${(error as Error).message}`, { cause: error });
  }
  const [header = [], ...rows] = all;
  const odd = header.findIndex((name, i) => name === "" || header.indexOf(name) !== i);
  if (odd >= 0 || header.length === 0) {
    const found = header[odd] ? `a second column “${header[odd]}”` : "a column without a name";
    throw new UserError(`${path} has ${header.length === 0 ? "no line of names" : found}`, {
      hint: "the first line names the columns",
    });
  }
  const isBlank = (row: string[]) => header.length > 1 && row.length === 1 && row[0] === "";
  rows.forEach((row, i) => {
    if (row.length === header.length || isBlank(row)) return;
    throw new UserError(
      `${path}: row ${i + 1} has ${countCells(row.length)}, expected ${header.length}`,
      { hint: `the columns are ${header.join(", ")}; rows are counted after the line of names` },
    );
  });
  const filled = rows.filter((row) => !isBlank(row));
  if (filled.length === 0) throw new UserError(`${path} has no rows below the line of names`);
  return { header, rows: filled };
}

const noNumber = new Set(["", "na", "nan"]);

function parseNumber(cell: string): number | null {
  const text = cell.trim();
  if (noNumber.has(text.toLowerCase())) return NaN;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

function numbers(path: string, name: string, cells: readonly string[]): LabelledArray {
  const data = Float64Array.from(cells, (cell, i) => {
    const value = parseNumber(cell);
    if (value !== null) return value;
    throw new UserError(
      `${path}: “${name}” in row ${i + 1} is no number: ${JSON.stringify(cell)}`,
      {
        hint: `for text, write csv(…, { columns: { ${JSON.stringify(name)}: "text", … } })`,
      },
    );
  });
  return { data, shape: [cells.length] };
}

function texts(cells: readonly string[]): LabelledArray {
  const different = [...new Set(cells)].sort();
  const numberOf = new Map(different.map((text, i) => [text, i]));
  const data = Int32Array.from(cells, (cell) => numberOf.get(cell)!);
  return { data, shape: [cells.length], labels: { row: [...cells] } };
}

function arrange(
  file: SourceFile,
  columns: Readonly<Record<string, CellKind>> | null,
): Record<string, LabelledArray> {
  const { header, rows } = parseTable(file);
  const missing = Object.keys(columns ?? {}).find((name) => !header.includes(name));
  if (missing !== undefined) {
    const meant = nearest(missing, header);
    throw new UserError(`${file.path} has no column “${missing}”`, {
      hint: meant ? `did you mean “${meant}”?` : `it has ${header.join(", ")}`,
    });
  }
  // In the order of the file, so that the order of the declaration does not make other data.
  const arrays = header.flatMap((name, at) => {
    if (columns && !Object.hasOwn(columns, name)) return [];
    const cells = rows.map((row) => row[at]!);
    return [
      [name, columns?.[name] === "text" ? texts(cells) : numbers(file.path, name, cells)] as const,
    ];
  });
  return Object.fromEntries(arrays);
}

/**
 * Columns of a CSV file as arrays.
 * @throws UserError naming the file, and the row and column that are not as they should be.
 */
export async function readCsv(
  { path, columns }: { path: string; columns: Readonly<Record<string, CellKind>> | null },
  directory: string,
): Promise<ReadData> {
  const file = await readSource(path);
  const made = { reader: "csv 1", file: file.sha256, columns };
  const { kept } = await makeOnce(directory, made, async () => ({
    arrays: arrange(file, columns),
    note: null,
  }));
  return { kind: "arrays", ...kept, description: basename(path) };
}
