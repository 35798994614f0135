import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type NumpyArray, readNpz } from "../lab/npz.ts";
import type { OutputView } from "./results.ts";

const known = new Map<string, Record<string, NumpyArray>>();

/** The numbers of an output of arrays; null where it is not published. */
export function readArrays({ href, declaration }: OutputView): Record<string, NumpyArray> | null {
  if (declaration.kind !== "arrays" || href === null) return null;
  const path = join(resolve(process.env["VITRINE_PUBLIC"] || "public"), href);
  const arrays = known.get(path) ?? readNpz(readFileSync(path));
  known.set(path, arrays);
  return arrays;
}
