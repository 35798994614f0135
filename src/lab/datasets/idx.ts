import { gunzipSync } from "node:zlib";
import { UserError } from "../../error.ts";

/** Pictures or labels of an IDX file. Source: the format notes on the MNIST page of LeCun et al. */
export interface Idx {
  /** e.g. [10000, 28, 28] */
  shape: number[];
  data: Uint8Array;
}

const replace = "replace it with the original file, or remove it to have it downloaded";

function decompress(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new UserError(`${file}: expected a whole gzip file, found a truncated or damaged one`, {
      hint: replace,
      cause,
    });
  }
}

/**
 * Reads an IDX file of bytes, plain or gzip.
 * @param shape expected sizes; null where any will do, e.g. [null, 28, 28]
 * @throws UserError naming the file, what was expected and what was found.
 */
export function parseIdx(bytes: Uint8Array, file: string, shape: (number | null)[]): Idx {
  const fail = (expected: string, found: string): never => {
    throw new UserError(`${file}: expected ${expected}, found ${found}`, { hint: replace });
  };
  if (bytes.length === 0) fail("an IDX file", "an empty file");
  const plain = decompress(bytes, file);
  const start = new TextDecoder("latin1").decode(plain.subarray(0, 200)).trimStart().toLowerCase();
  if (start.startsWith("<!doctype") || start.startsWith("<html")) fail("an IDX file", "a web page");
  const header = 4 + 4 * shape.length;
  if (plain.length < header) fail(`a header of ${header} bytes`, `${plain.length} bytes`);
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const magic = 0x0800 + shape.length;
  const hex = (n: number) => `0x${n.toString(16).padStart(8, "0")}`;
  if (view.getUint32(0) !== magic) fail(`magic number ${hex(magic)}`, hex(view.getUint32(0)));
  const found = shape.map((_, i) => view.getUint32(4 + 4 * i));
  if (found.some((d, i) => shape[i] !== null && d !== shape[i])) {
    fail(`sizes ${shape.map((d) => d ?? "any").join(" × ")}`, found.join(" × "));
  }
  const size = found.reduce((a, b) => a * b, 1);
  if (plain.length !== header + size) {
    fail(`${size} bytes after the header of ${found.join(" × ")}`, `${plain.length - header}`);
  }
  return { shape: found, data: plain.subarray(header) };
}
