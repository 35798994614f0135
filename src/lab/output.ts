import type { z } from "astro/zod";
import type { NumpyArray } from "./npz.ts";

/** Only a type: what code that makes or reads an output holds in its hands. */
declare const holds: unique symbol;

/** What a task yields under one name. How it is shown is decided by the site, from this declaration. */
export interface Output<V = unknown> {
  kind: "value" | "table" | "arrays" | "file";
  /** In words, for headings and axes; the output's name by default. */
  label?: string;
  publish?: boolean;
  readonly [holds]?: V;
}

/** What an output holds. */
export type Held<O> = O extends { readonly [holds]?: infer V } ? Exclude<V, undefined> : never;

export interface Presentation {
  label?: string;
  /** Whether the site carries it for download; by default what is small. */
  publish?: boolean;
}

export type Colours = "grey" | "cividis" | "diverging";

/** How arrays that end in y and x become pictures. */
export interface Picturing {
  /** What has a scale of its own where there is no range: the whole array (default), or each row of it. */
  scale?: "array" | "row";
  /** Values of the two ends of the scale; by default [0, 1] in grey, else the array's own. */
  range?: readonly [number, number];
  colours?: Colours;
}

/** How numbers are drawn, wherever they stand. */
export interface Scaling {
  unit?: string;
  /** Axes and scales of these numbers are logarithmic. */
  log?: boolean;
  better?: "higher" | "lower";
}

/** One of the numbers that an object holds. */
export interface Field extends Scaling {
  /** In words; the field's name by default. */
  label?: string;
}

export interface ValueOutput<V> extends Output<V>, Scaling {
  kind: "value";
  schema: z.ZodType<V>;
  fields?: Readonly<Record<string, Field>>;
}

interface ValueOptions<V> extends Presentation, Scaling {
  /** Of an object: its numbers, by name. */
  fields?: V extends object ? { readonly [Name in keyof V & string]?: Field } : never;
}

/** One piece of JSON that a schema checks. Of a number, the options say how it is drawn. */
export const value = <V>(schema: z.ZodType<V>, options: ValueOptions<V> = {}): ValueOutput<V> => ({
  kind: "value",
  schema,
  ...(options as ValueOptions<V> & Pick<ValueOutput<V>, "fields">),
});

export interface ColumnOptions extends Scaling {
  /** Where all numbers must lie, ends included. */
  range?: readonly [number, number];
}

export interface Column<V = unknown> extends ColumnOptions {
  /** "x" is drawn against, "y" is measured, "row" names the row. */
  role: "x" | "y" | "row";
  label: string;
  readonly [holds]?: V;
}

/** A number that others of its row are drawn against, e.g. the step. */
export const x = (label: string, options: ColumnOptions = {}): Column<number> => ({
  role: "x",
  label,
  ...options,
});

/** A measured number; null where it is not defined or not finite. */
export const y = (label: string, options: ColumnOptions = {}): Column<number | null> => ({
  role: "y",
  label,
  ...options,
});

/** The name of a row. */
export const row = (label = ""): Column<string> => ({ role: "row", label });

export type Columns = Record<string, Column<never> | Column>;

export interface TableOutput<C extends Columns> extends Output<{
  [Name in keyof C]: Held<C[Name]>[];
}> {
  kind: "table";
  columns: C;
}

/** Equally long columns by name. */
export const table = <const C extends Columns>(
  columns: C,
  presentation: Presentation = {},
): TableOutput<C> => ({ kind: "table", columns, ...presentation });

/** An array with the names of its dimensions' entries, where they have names. */
export interface LabelledArray extends NumpyArray {
  /** Entries by dimension, e.g. { picture: ["digit 7", "bag"] }. */
  labels?: Record<string, string[]>;
}

export interface ArraysOutput<A extends string>
  extends Output<Record<A, LabelledArray>>, Picturing {
  kind: "arrays";
  /** Names of the dimensions by array, outermost first; null for arrays of any name and shape. */
  dimensions: Record<A, readonly string[]> | null;
}

/**
 * Arrays by name, kept as NPZ. Dimensions y and x last make pictures; "row" and "column" before
 * them arrange these, "frame" lets a reader step through them.
 */
export function arrays(dimensions?: null, presentation?: Presentation): ArraysOutput<string>;
export function arrays<const D extends Record<string, readonly string[]>>(
  dimensions: D,
  presentation?: Presentation & Picturing,
): ArraysOutput<keyof D & string>;
export function arrays(
  dimensions: Record<string, readonly string[]> | null = null,
  presentation: Presentation & Picturing = {},
): ArraysOutput<string> {
  return { kind: "arrays", dimensions, ...presentation };
}

/** Pictures in rows and columns, in [0, 1]. */
export const tiles = (presentation: Presentation & Picturing = {}): ArraysOutput<"tiles"> =>
  arrays({ tiles: ["row", "column", "y", "x"] }, presentation);

export interface FileOutput extends Output<Uint8Array> {
  kind: "file";
  /** e.g. "image/png" */
  media: string;
  /** Of the file's name, e.g. "png". */
  extension: string;
}

const extensions: Record<string, string> = {
  "application/json": "json",
  "application/octet-stream": "bin",
  "application/pdf": "pdf",
  "application/zip": "zip",
  "audio/mpeg": "mp3",
  "audio/wav": "wav",
  "image/gif": "gif",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/webp": "webp",
  "text/csv": "csv",
  "text/markdown": "md",
  "text/plain": "txt",
  "video/mp4": "mp4",
};

/** @param extension of the file's name; needed for media types that the table above lacks. */
export const file = (
  media: string,
  {
    extension = extensions[media] ?? "bin",
    ...presentation
  }: Presentation & { extension?: string } = {},
): FileOutput => ({ kind: "file", media, extension, ...presentation });

/** A network for any ONNX runtime, as `exportModel` writes it. */
export const model = (presentation: Presentation = {}): FileOutput =>
  file("application/octet-stream", { ...presentation, extension: "onnx" });
