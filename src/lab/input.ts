import { fileURLToPath } from "node:url";
import type { NumpyArray } from "./npz.ts";

/** Only a type: what a task's code holds in its hands for this input. */
declare const gives: unique symbol;

/**
 * Something to be read before any run: plain JSON that says where. What is read is hashed, and the
 * hash, not the place, decides about results.
 */
export interface Data<V = unknown> {
  source: { reader: string } & Record<string, unknown>;
  readonly [gives]?: V;
}

export const isData = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && "source" in value;

export type Gives<D> = D extends { readonly [gives]?: infer V } ? Exclude<V, undefined> : never;

const pathOf = (path: URL | string): string => (path instanceof URL ? fileURLToPath(path) : path);

/** The bytes of a file. @param path `new URL("data.bin", import.meta.url)` lies beside the study. */
export const file = (path: URL | string): Data<Uint8Array> => ({
  source: { reader: "file", path: pathOf(path) },
});

/** All arrays of an .npz file, by name. */
export const npz = (path: URL | string): Data<Record<string, NumpyArray>> => ({
  source: { reader: "npz", path: pathOf(path) },
});
