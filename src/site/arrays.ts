import { readFileSync } from "node:fs";
import { type NumpyArray, readNpz } from "../lab/npz.ts";
import { formatNumber } from "./numbers.ts";
import { publicPath } from "./public-folder.ts";
import type { OutputView } from "./results.ts";

const known = new Map<string, Record<string, NumpyArray>>();

/** The numbers of an output of arrays; null where it is not published. */
export function readArrays({ href, declaration }: OutputView): Record<string, NumpyArray> | null {
  if (declaration.kind !== "arrays" || href === null) return null;
  const path = publicPath(href);
  const arrays = known.get(path) ?? readNpz(readFileSync(path));
  known.set(path, arrays);
  return arrays;
}

/** What is known of an array without drawing it, in words. */
export interface ArrayFacts {
  name: string;
  /** e.g. "49 × 8 … 1,024" where runs differ */
  shape: string;
  /** Names of the dimensions, e.g. "input × unit"; empty where they have none. */
  dimensions: string;
  /** e.g. "float32" */
  type: string;
  /** Least and greatest number, e.g. "−0.21 … 1.4"; "–" where they are not known. */
  range: string;
}

const types: Record<string, string> = {
  "<f4": "float32",
  "<f8": "float64",
  "<i4": "int32",
  "<i8": "int64",
  "|u1": "uint8",
};

const span = (numbers: readonly number[], write: (n: number) => string): string => {
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
  return least === greatest ? write(least) : `${write(least)} … ${write(greatest)}`;
};

/** The finite numbers' least and greatest; null where there are none. */
function extentOf({ data }: NumpyArray): [number, number] | null {
  let [least, greatest] = [Infinity, -Infinity];
  for (const entry of data) {
    const number = Number(entry);
    if (!Number.isFinite(number)) continue;
    least = Math.min(least, number);
    greatest = Math.max(greatest, number);
  }
  return least <= greatest ? [least, greatest] : null;
}

/**
 * The arrays of one output, over the runs that yielded it.
 * @param skipped those that are shown in another way.
 */
export function describeArrays(
  views: readonly OutputView[],
  skipped: readonly string[] = [],
): ArrayFacts[] {
  const names = [...new Set(views.flatMap(({ arrays }) => Object.keys(arrays)))];
  const [only] = views;
  const contents = views.length === 1 ? readArrays(only!) : null;
  return names
    .filter((name) => !skipped.includes(name))
    .map((name): ArrayFacts => {
      const found = views.flatMap(({ arrays }) => arrays[name] ?? []);
      const { shape, dimensions, dtype } = found[0]!;
      const lengths = shape.map((_, i) => found.map(({ shape }) => shape[i] ?? 0));
      const extent = contents?.[name] ? extentOf(contents[name]) : null;
      return {
        name,
        shape: lengths.map((some) => span(some, formatNumber)).join(" × ") || "1",
        dimensions: (dimensions ?? []).join(" × "),
        type: types[dtype] ?? dtype,
        range: extent ? span(extent, formatNumber) : "–",
      };
    });
}
