import { createHash } from "node:crypto";
import type { RunSpec } from "../experiment.ts";
import type { Pictures } from "../record.ts";

/**
 * JSON with sorted keys and no white space: equal values give equal text.
 * Object fields that are undefined are left out, as JSON.stringify does.
 * @throws TypeError naming the path of a number that is not finite, or of what JSON cannot hold.
 */
export function canonicalJson(value: unknown, path = "$"): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item, i) => canonicalJson(item, `${path}[${i}]`)).join(",")}]`;
  }
  const prototype: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  if (prototype === Object.prototype || prototype === null) {
    const fields = Object.entries(value as Record<string, unknown>)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field, `${path}.${key}`)}`);
    return `{${fields.join(",")}}`;
  }
  throw new TypeError(`${path} is not plain JSON: ${String(value)}`);
}

/** SHA-256, hexadecimal, of ids and pixels in their order; files that hold more pictures do not matter. */
export function hashPictures(pictures: Pictures): string {
  const hash = createHash("sha256");
  for (const role of ["train", "tests", "layerTests"] as const) {
    const group = role === "train" ? [pictures.train] : pictures[role];
    hash.update(`${role} ${group.length}\n`);
    for (const { id, pixels } of group) {
      hash.update(`${id} ${pixels.length}\n`);
      hash.update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
    }
  }
  return hash.digest("hex");
}

/** All that decides the outcome of a run. */
export interface KeyParts {
  spec: RunSpec;
  /** Of hashPictures(); null for tasks that read none. */
  pictures: string | null;
  /** Null for tasks that train nothing. */
  engine: string | null;
  codeHash: string;
  schema: number;
}

/** 32 hexadecimal digits, half of a SHA-256: the folder's name in the store and on the site. */
export const runKey = (parts: KeyParts): string =>
  createHash("sha256").update(canonicalJson(parts)).digest("hex").slice(0, 32);
