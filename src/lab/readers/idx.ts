import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { UserError } from "../../error.ts";
import type { ReadData } from "../graph.ts";
import { makeOnce } from "../kept-arrays.ts";
import { arrangePictures } from "./picture-arrays.ts";
import { readSource, type SourceFile } from "./source-file.ts";

/** An IDX file of unsigned bytes. */
export interface IdxArray {
  data: Uint8Array;
  /** Outermost first. */
  shape: number[];
}

const unsignedBytes = 0x08;
/** More than Node can hold in one buffer is no use. */
const mostBytes = 2 ** 32;

function unpack(name: string, bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    throw new UserError(`${name} is no whole gzip file: ${(error as Error).message}`, {
      hint: "get the file again",
      cause: error,
    });
  }
}

/**
 * Reads an IDX file, gzip or plain: two zero bytes, the type, the number of dimensions, their lengths
 * (big-endian), the values in row-major order.
 * @throws UserError naming the file, what was expected and what was found.
 */
export function parseIdxArray(name: string, file: Uint8Array): IdxArray {
  const bytes = unpack(name, Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  const [first, second, type, dimensions = 0] = bytes;
  const header = 4 + 4 * dimensions;
  if (bytes.length < 4 || first !== 0 || second !== 0 || bytes.length < header) {
    throw new UserError(`${name} is no IDX file: it lacks the header`, {
      hint: "an IDX file starts with two zero bytes, the type and the number of dimensions",
    });
  }
  if (type !== unsignedBytes) {
    throw new UserError(
      `${name} holds values of the IDX type ${type}, expected 8: unsigned bytes`,
      {
        hint: "save other numbers as .npz, and read them by npz()",
      },
    );
  }
  const shape = Array.from({ length: dimensions }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const count = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== header + count) {
    throw new UserError(
      `${name} has ${bytes.length - header} values, expected ${count} for the shape ` +
        `[${shape.join(", ")}] that it announces`,
      { hint: "get the file again: it is not the original, or not all of it" },
    );
  }
  return { data: bytes.subarray(header), shape };
}

function parseImages({ path, bytes }: SourceFile): IdxArray {
  const images = parseIdxArray(path, bytes);
  const { shape } = images;
  const isColour = shape.length === 4 && shape[3] === 3;
  if (shape.includes(0) || !(shape.length === 3 || isColour)) {
    throw new UserError(`${path} has the shape [${shape.join(", ")}], expected pictures`, {
      hint: "pictures are [n, y, x], or [n, y, x, 3] in colours",
    });
  }
  return images;
}

function parseLabels({ path, bytes }: SourceFile, count: number): Uint8Array {
  const { data, shape } = parseIdxArray(path, bytes);
  if (shape.length !== 1 || shape[0] !== count) {
    throw new UserError(
      `${path} has the shape [${shape.join(", ")}], expected [${count}], a label for each picture`,
      { hint: "take both files from the same data set; images come first, then labels" },
    );
  }
  return data;
}

function arrange(images: SourceFile, labels: SourceFile | null) {
  const { data, shape } = parseImages(images);
  const count = shape[0]!;
  const classes = labels ? parseLabels(labels, count) : new Uint8Array(count);
  const last = classes.reduce((most, label) => Math.max(most, label), 0);
  return arrangePictures({
    pixels: data,
    shape,
    labels: classes,
    classNames: labels ? Array.from({ length: last + 1 }, (_, label) => String(label)) : [""],
    names: Array.from({ length: count }, (_, index) => String(index)),
  });
}

/**
 * Pictures of IDX files, named by their place; classes are named by their number.
 * @throws UserError for files that are missing or not as they should be.
 */
export async function readIdx(
  source: { images: string; labels: string | null },
  directory: string,
): Promise<ReadData> {
  const images = await readSource(source.images);
  const labels = source.labels === null ? null : await readSource(source.labels);
  const made = { reader: "idx 1", images: images.sha256, labels: labels?.sha256 ?? null };
  const { kept } = await makeOnce(directory, made, async () => ({
    arrays: arrange(images, labels),
    note: null,
  }));
  const description = [images, labels]
    .flatMap((file) => (file ? [basename(file.path)] : []))
    .join(" and ");
  return { kind: "arrays", ...kept, description };
}
