import { gunzipSync } from "node:zlib";
import { UserError } from "../../error.ts";
import { type LabelledImages, pixelsPerImage } from "./dataset.ts";

/** An IDX file, gzip or plain. */
export interface IdxFile {
  /** As shown in messages, e.g. "/data/mnist/t10k-images-idx3-ubyte.gz". */
  name: string;
  bytes: Uint8Array;
}

const imagesMagic = 0x0803; // unsigned bytes in three dimensions
const labelsMagic = 0x0801; // unsigned bytes in one dimension

/** Of an unpacked file; room for 85,000 images. */
const mostBytes = 2 ** 26;

const fetchAgain = "get the file again: it is not the original, or not all of it";

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isWebPage(bytes: Buffer): boolean {
  return /^\uFEFF?\s*<(!doctype|html|\?xml|!--|head|body)/i.test(bytes.toString("utf8", 0, 200));
}

function unpack({ name, bytes }: IdxFile): Buffer {
  if (!isGzip(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const faults: Record<string, string> = {
      Z_BUF_ERROR: "ends too early",
      ERR_BUFFER_TOO_LARGE: `unpacks to more than ${mostBytes} bytes`,
    };
    const fault = faults[code ?? ""] ?? "is damaged";
    throw new UserError(`${name}: the gzip file of ${bytes.length} bytes ${fault}`, {
      hint: fetchAgain,
      cause: error,
    });
  }
}

/** The unpacked file, its magic number checked. */
function openFile(file: IdxFile, magic: number): Buffer {
  const { name } = file;
  if (file.bytes.length === 0) throw new UserError(`${name} is empty`, { hint: fetchAgain });
  const bytes = unpack(file);
  if (isWebPage(bytes)) {
    throw new UserError(`${name} is a web page, not an IDX file`, {
      hint: "it may be the error page of a failed download; get the file itself",
    });
  }
  const headerBytes = magic === imagesMagic ? 16 : 8;
  if (bytes.length < headerBytes) {
    const found = `has ${bytes.length} bytes, expected a header of ${headerBytes}`;
    throw new UserError(`${name} ${found}`, { hint: fetchAgain });
  }
  const found = bytes.readUInt32BE(0);
  if (found !== magic) {
    const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
    const kind = magic === imagesMagic ? "images" : "labels";
    const swapped = found === imagesMagic || found === labelsMagic;
    throw new UserError(
      `${name} starts with ${hex(found)}, expected ${hex(magic)} for ${kind} of IDX format`,
      { hint: swapped ? "image and label files seem to be swapped" : fetchAgain },
    );
  }
  return bytes;
}

function checkLength(name: string, bytes: Buffer, expected: number, count: number, what: string) {
  if (bytes.length === expected) return;
  throw new UserError(
    `${name} has ${bytes.length} bytes, expected ${expected} for the ${count} ${what} it announces`,
    { hint: fetchAgain },
  );
}

/** @returns [n · 784]. @throws UserError as `parseIdx`. */
function parseImages(file: IdxFile): Uint8Array {
  const bytes = openFile(file, imagesMagic);
  const [count, rows, columns] = [4, 8, 12].map((at) => bytes.readUInt32BE(at)) as [
    number,
    number,
    number,
  ];
  if (rows !== 28 || columns !== 28) {
    throw new UserError(`${file.name} holds images of ${rows}×${columns}, expected 28×28 pixels`, {
      hint: "use MNIST, Fashion-MNIST or a data set of the same format",
    });
  }
  if (count === 0) throw new UserError(`${file.name} holds no images`, { hint: fetchAgain });
  checkLength(file.name, bytes, 16 + count * pixelsPerImage, count, "images");
  return bytes.subarray(16);
}

/** @returns [n], 0–9. @throws UserError as `parseIdx`. */
function parseLabels(file: IdxFile): Uint8Array {
  const bytes = openFile(file, labelsMagic);
  const count = bytes.readUInt32BE(4);
  checkLength(file.name, bytes, 8 + count, count, "labels");
  const labels = bytes.subarray(8);
  const wrong = labels.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new UserError(`${file.name}: label ${wrong} is ${labels[wrong]}, expected 0 to 9`, {
      hint: "use a data set of ten classes",
    });
  }
  return labels;
}

/**
 * Reads a pair of IDX files: images of 28×28 bytes, and as many labels.
 * @throws UserError naming the file, what was expected and what was found, if a file is empty, cut,
 * damaged, a web page, of another kind, size or length, or the two do not belong together.
 */
export function parseIdx(images: IdxFile, labels: IdxFile): LabelledImages {
  const pixels = parseImages(images);
  const classes = parseLabels(labels);
  const count = pixels.length / pixelsPerImage;
  if (classes.length !== count) {
    throw new UserError(
      `${labels.name} holds ${classes.length} labels, expected ${count} as images in ${images.name}`,
      { hint: "take both files from the same data set" },
    );
  }
  return { pixels, labels: classes };
}
