import { crc32, inflateRawSync } from "node:zlib";
import { UserError } from "../error.ts";

const dtypes = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "<i4": Int32Array,
  "<i8": BigInt64Array,
  "|u1": Uint8Array,
} as const;
type Dtype = keyof typeof dtypes;

export interface NumpyArray {
  data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
  /** Row-major; [] is a scalar. */
  shape: number[];
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const utf8Names = 1 << 11;
const firstOfJanuary1980 = 0x21; // a constant date, so that equal arrays make equal bytes

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  Buffer.from(buffer, byteOffset, byteLength);

const product = (shape: number[]) => shape.reduce((n, length) => n * length, 1);

function formatNpy({ data, shape }: NumpyArray, name: string): Buffer {
  if (product(shape) !== data.length) {
    throw new RangeError(`array “${name}” has ${data.length} values, not [${shape.join(", ")}]`);
  }
  const descr = (Object.keys(dtypes) as Dtype[]).find((key) => data instanceof dtypes[key])!;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const preamble = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
  preamble.writeUInt16LE(length, 8);
  const text = `${header.padEnd(length - 1)}\n`;
  return Buffer.concat([preamble, Buffer.from(text, "latin1"), bytesOf(data)]);
}

/** The fields that local and central headers share, from the version needed to the extra length. */
function formatEntry(name: Buffer, content: Buffer): Buffer {
  const entry = Buffer.alloc(26);
  entry.writeUInt16LE(20, 0);
  entry.writeUInt16LE(utf8Names, 2);
  entry.writeUInt16LE(firstOfJanuary1980, 8);
  entry.writeUInt32LE(crc32(content), 10);
  entry.writeUInt32LE(content.length, 14);
  entry.writeUInt32LE(content.length, 18);
  entry.writeUInt16LE(name.length, 22);
  return entry;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/**
 * Arrays as NumPy's `np.load` reads them: .npy 1.0 files, stored in a ZIP archive.
 * Equal arrays in equal order make equal bytes.
 * @throws RangeError if a shape does not fit its data or the archive exceeds 4 GiB.
 */
export function writeNpz(arrays: Record<string, NumpyArray>): Uint8Array {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [key, array] of Object.entries(arrays)) {
    const name = Buffer.from(`${key}.npy`);
    const content = formatNpy(array, key);
    const entry = formatEntry(name, content);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(offset, 10);
    directory.push(uint32(centralSignature), Buffer.from([20, 0]), entry, central, name);
    body.push(uint32(localSignature), entry, name, content);
    offset += 4 + entry.length + name.length + content.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  if (offset + size > 0xffff_ffff) throw new RangeError("arrays exceed 4 GiB, the limit of a ZIP");
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(Object.keys(arrays).length, 8);
  end.writeUInt16LE(Object.keys(arrays).length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...body, ...directory, end]);
}

function parseNpy(bytes: Buffer, name: string): NumpyArray {
  if (bytes.toString("latin1", 0, 6) !== "\x93NUMPY") {
    throw new UserError(`“${name}” is not a .npy file`);
  }
  const wide = bytes[6]! > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString("latin1", start, end);
  const [, descr, order, tuple] =
    /'descr': '(.{2,4})', 'fortran_order': (\w+), 'shape': \(([\d, ]*)\)/.exec(header) ?? [];
  const Typed = Object.hasOwn(dtypes, descr ?? "") ? dtypes[descr as Dtype] : null;
  if (!Typed || order !== "False" || tuple === undefined) {
    throw new UserError(
      `array “${name}” has an unsupported header: ${header.trim().slice(0, 200)}`,
    );
  }
  const shape = (tuple.match(/\d+/g) ?? []).map(Number);
  const length = product(shape) * Typed.BYTES_PER_ELEMENT;
  if (bytes.length - end !== length) {
    throw new UserError(`array “${name}” has ${bytes.length - end} bytes, expected ${length}`);
  }
  const aligned = new Uint8Array(bytes.subarray(end)); // a copy, since the offset may be odd
  return { data: new Typed(aligned.buffer), shape };
}

/** One entry of a ZIP directory. */
interface Entry {
  name: string;
  packed: Buffer;
  isDeflated: boolean;
  /** Unpacked. */
  bytes: number;
  checksum: number;
  /** Where the next entry begins. */
  next: number;
}

/** @throws RangeError where the entry reaches beyond the file. */
function readEntry(bytes: Buffer, at: number): Entry {
  if (bytes.readUInt32LE(at) !== centralSignature) throw new RangeError("no entry begins there");
  const nameLength = bytes.readUInt16LE(at + 28);
  const local = bytes.readUInt32LE(at + 42);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  return {
    name: bytes.toString("utf8", at + 46, at + 46 + nameLength).replace(/\.npy$/, ""),
    packed: bytes.subarray(start, start + bytes.readUInt32LE(at + 20)),
    isDeflated: bytes.readUInt16LE(at + 10) === 8,
    bytes: bytes.readUInt32LE(at + 24),
    checksum: bytes.readUInt32LE(at + 16),
    next: at + 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32),
  };
}

function unpack({ name, packed, isDeflated, bytes, checksum }: Entry): Buffer {
  const content = isDeflated
    ? inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) })
    : packed;
  if (crc32(content) !== checksum) {
    throw new UserError(`array “${name}” does not match its checksum`);
  }
  return content;
}

function readArrays(bytes: Buffer): Record<string, NumpyArray> {
  const end = bytes.lastIndexOf(uint32(endSignature));
  if (end < 0) throw new UserError("not an .npz file: it has no ZIP directory");
  const arrays: [string, NumpyArray][] = [];
  let at = bytes.readUInt32LE(end + 16);
  let packedBytes = 0;
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const entry = readEntry(bytes, at);
    packedBytes += entry.packed.length;
    if (packedBytes > bytes.length) throw new UserError(`array “${entry.name}” overlaps another`);
    arrays.push([entry.name, parseNpy(unpack(entry), entry.name)]);
    at = entry.next;
  }
  return Object.fromEntries(arrays);
}

/**
 * Reads what `writeNpz`, `np.savez` and `np.savez_compressed` write (little-endian, row-major).
 * @param file its name, for messages
 * @throws UserError naming the file, and the array whose bytes do not match their checksum, header
 * or shape.
 */
export function readNpz(npz: Uint8Array, file = "the .npz file"): Record<string, NumpyArray> {
  try {
    return readArrays(bytesOf(npz));
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      `${file}: ${error instanceof UserError ? message : `damaged: ${message}`}`,
      { cause: error },
    );
  }
}
