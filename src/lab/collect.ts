import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { parseCsv } from "./csv.ts";
import { readNpz } from "./npz.ts";
import type {
  ArraysOutput,
  Column,
  Columns,
  FileOutput,
  Output,
  TableOutput,
  ValueOutput,
} from "./output.ts";
import { parse } from "./parse.ts";

/** What is known of an array without its numbers. */
export interface ArrayShape {
  shape: number[];
  /** As NumPy writes it, e.g. "<f4". */
  dtype: string;
  /** Names of the dimensions, outermost first; null where the task leaves them open. */
  dimensions: string[] | null;
  labels?: Record<string, string[]>;
}

/** An output as stored. */
export interface StoredOutput {
  kind: Output["kind"];
  /** In the folder of the run. */
  file: string;
  bytes: number;
  /** Of outputs of arrays. */
  arrays?: Record<string, ArrayShape>;
}

/** The file that an output is expected in. */
export function fileOf(name: string, output: Output): string {
  switch (output.kind) {
    case "value":
    case "table":
      return `${name}.json`;
    case "arrays":
      return `${name}.npz`;
    case "file":
      return `${name}.${(output as FileOutput).extension}`;
  }
}

/** Names of the entries of arrays' dimensions lie beside them. */
export const labelsFileOf = (name: string): string => `${name}.labels.json`;

async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    const hint = /\b(NaN|Infinity)\b/.test(text)
      ? "; write null for numbers that are not finite"
      : "";
    throw new UserError(`${what} is not JSON: ${(error as Error).message}${hint}`);
  }
}

function checkCell(cell: unknown, { role, range }: Column): string | null {
  if (role === "row") return typeof cell === "string" ? null : "is no text";
  if (cell === null && role === "y") return null;
  if (typeof cell !== "number" || !Number.isFinite(cell)) return "is no number";
  if (range && (cell < range[0] || cell > range[1])) {
    return `is not within ${range[0]} … ${range[1]}`;
  }
  return null;
}

function checkTable(columns: Columns, found: unknown, what: string): Record<string, unknown[]> {
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    throw new UserError(`${what} is no object of columns`);
  }
  const table = found as Record<string, unknown>;
  const odd = Object.keys(table).find((name) => !Object.hasOwn(columns, name));
  if (odd !== undefined) throw new UserError(`${what} has a column “${odd}” that is not declared`);
  const lengths = new Set<number>();
  for (const [name, column] of Object.entries(columns)) {
    const cells = table[name];
    if (!Array.isArray(cells)) throw new UserError(`${what} lacks the column “${name}”`);
    lengths.add(cells.length);
    cells.forEach((cell, i) => {
      const wrong = checkCell(cell, column as Column);
      if (wrong) {
        throw new UserError(`${what}: “${name}” in row ${i + 1} ${wrong}: ${JSON.stringify(cell)}`);
      }
    });
  }
  if (lengths.size > 1) {
    throw new UserError(`${what} has columns of different lengths: ${[...lengths].join(", ")}`);
  }
  return table as Record<string, unknown[]>;
}

const number = (text: string): number | null => {
  const value = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};

/** A CSV file with a header line as columns; empty and non-finite numbers are null. */
function columnsOfCsv(text: string, columns: Columns): Record<string, unknown[]> {
  const [header = [], ...rows] = parseCsv(text);
  return Object.fromEntries(
    header.map((name, i) => {
      const cells = rows.map((row) => row[i] ?? "");
      return [name, columns[name]?.role === "row" ? cells : cells.map(number)];
    }),
  );
}

const dtypeOf = (data: ArrayBufferView): string =>
  ({ Float32Array: "<f4", Float64Array: "<f8", Int32Array: "<i4", BigInt64Array: "<i8" })[
    data.constructor.name
  ] ?? "|u1";

async function checkArrays(
  folder: string,
  name: string,
  names: ReadonlySet<string>,
  { dimensions }: ArraysOutput<string>,
  what: string,
): Promise<Record<string, ArrayShape>> {
  const arrays = readNpz(await readFile(join(folder, `${name}.npz`)));
  const labels = names.has(labelsFileOf(name))
    ? ((await readJson(join(folder, labelsFileOf(name)), `the labels of ${what}`)) as Record<
        string,
        Record<string, string[]>
      >)
    : {};
  const expected = dimensions && Object.keys(dimensions);
  const missing = expected?.find((array) => !Object.hasOwn(arrays, array));
  if (missing !== undefined) throw new UserError(`${what} lacks the array “${missing}”`);
  return Object.fromEntries(
    Object.entries(arrays).map(([array, { data, shape }]) => {
      const named = dimensions?.[array];
      if (dimensions && !named)
        throw new UserError(`${what} has an array “${array}” that is not declared`);
      if (named && named.length !== shape.length) {
        throw new UserError(
          `${what}: “${array}” has the shape [${shape.join(", ")}], expected ${named.length} dimensions: ${named.join(", ")}`,
        );
      }
      for (const [dimension, entries] of Object.entries(labels[array] ?? {})) {
        const at = named?.indexOf(dimension) ?? -1;
        if (at < 0 || shape[at] !== entries.length) {
          throw new UserError(
            `${what}: the labels of “${array}” along “${dimension}” do not fit its shape`,
          );
        }
      }
      const described = { shape, dtype: dtypeOf(data), dimensions: named ? [...named] : null };
      return [array, labels[array] ? { ...described, labels: labels[array] } : described];
    }),
  );
}

/** What a run left in its folder, checked against what its task declares. */
export interface Collected {
  /** Of outputs of the kind value. */
  values: Record<string, unknown>;
  outputs: Record<string, StoredOutput>;
  /** All files, to be kept with the record. */
  files: string[];
}

/**
 * Checks the outputs that a run wrote. Tables in CSV become JSON.
 * @param partial whether outputs may be missing, since the run stopped early.
 * @throws UserError naming the output that is missing, undeclared or not as declared.
 */
export async function collectOutputs(
  declared: Readonly<Record<string, Output>>,
  folder: string,
  { partial }: { partial: boolean },
): Promise<Collected> {
  const names = new Set(await readdir(folder));
  const collected: Collected = { values: {}, outputs: {}, files: [] };
  for (const [name, output] of Object.entries(declared)) {
    const file = fileOf(name, output);
    const what = `the output “${name}” (${file})`;
    if (output.kind === "table" && names.has(`${name}.csv`) && !names.has(file)) {
      const text = await readFile(join(folder, `${name}.csv`), "utf8");
      const columns = columnsOfCsv(text, (output as TableOutput<Columns>).columns);
      await writeFile(join(folder, file), JSON.stringify(columns));
      names.delete(`${name}.csv`);
      names.add(file);
    }
    if (!names.delete(file)) {
      if (partial) continue;
      throw new UserError(`${what} is missing`);
    }
    const { size: bytes } = await stat(join(folder, file));
    const stored: StoredOutput = { kind: output.kind, file, bytes };
    if (output.kind === "value") {
      const found = await readJson(join(folder, file), what);
      collected.values[name] = parse((output as ValueOutput<unknown>).schema, found, what);
    } else if (output.kind === "table") {
      const found = await readJson(join(folder, file), what);
      checkTable((output as TableOutput<Columns>).columns, found, what);
    } else if (output.kind === "arrays") {
      stored.arrays = await checkArrays(folder, name, names, output as ArraysOutput<string>, what);
      if (names.delete(labelsFileOf(name))) collected.files.push(labelsFileOf(name));
    }
    collected.outputs[name] = stored;
    collected.files.push(file);
  }
  const [odd] = names;
  if (odd !== undefined) {
    throw new UserError(`the file ${odd} is no output that the task declares`, {
      hint: `expected ${Object.entries(declared)
        .map(([name, output]) => fileOf(name, output))
        .join(", ")}`,
    });
  }
  return collected;
}
