import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../../src/error.ts";
import { idx } from "../../../src/lab/data.ts";
import { parseIdxArray } from "../../../src/lab/readers/idx.ts";
import { temporaryFolder } from "../folder.ts";
import { complaintOf, readAll } from "./read.ts";

function formatIdx(data: Uint8Array, shape: number[], type = 8): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  shape.forEach((length, i) => header.writeUInt32BE(length, 4 + 4 * i));
  return Buffer.concat([header, data]);
}

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }).chain((shape) =>
  fc.tuple(
    fc.constant(shape),
    fc.uint8Array({
      minLength: shape.reduce((a, b) => a * b, 1),
      maxLength: shape.reduce((a, b) => a * b, 1),
    }),
  ),
);

test("bytes of any shape are read as written, plain or gzip", () => {
  fc.assert(
    fc.property(shapes, fc.boolean(), ([shape, data], packed) => {
      const file = formatIdx(data, shape);
      const read = parseIdxArray("a.idx", packed ? gzipSync(file) : file);
      expect(read.shape).toEqual(shape);
      expect([...read.data]).toEqual([...data]);
    }),
  );
});

test("any bytes whatever are an array or the user's mistake", () => {
  const start = fc.constantFrom([], [0, 0, 8], [0, 0, 8, 1, 0, 0, 0], [0x1f, 0x8b, 8]);
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 40 }), (start, tail) => {
      try {
        const { data, shape } = parseIdxArray("a.idx", Uint8Array.from([...start, ...tail]));
        expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        expect((error as UserError).message).toContain("a.idx");
        expect((error as UserError).hint).toBeTruthy();
      }
    }),
  );
});

describe("pictures of IDX files", () => {
  let folder: string;
  let cacheDirectory: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    cacheDirectory = await temporaryFolder();
  });

  async function write(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }
  const six = Uint8Array.from({ length: 3 * 2 * 5 }, (_, i) => i);

  test("of another size come with their labels and the classes that there are", async () => {
    const images = await write("images.gz", gzipSync(formatIdx(six, [3, 2, 5])));
    const labels = await write("labels", formatIdx(Uint8Array.of(2, 0, 2), [3]));
    const { arrays, found } = await readAll(idx(images, labels), { cacheDirectory });
    expect(arrays.pixels.shape).toEqual([3, 2, 5]);
    expect([...arrays.pixels.data]).toEqual([...six]);
    expect([...arrays.labels.data]).toEqual([2, 0, 2]);
    expect(arrays.classes.labels.class).toEqual(["0", "1", "2"]);
    expect([...arrays.classes.data]).toEqual([1, 0, 2]);
    expect(found.description).toBe("images.gz and labels");
  });

  test("packed and plain files of the same pictures are the same data", async () => {
    const plain = await write("a", formatIdx(six, [3, 2, 5]));
    const packed = await write("b", gzipSync(formatIdx(six, [3, 2, 5])));
    const [first, second] = await Promise.all(
      [plain, packed].map((path) => readAll(idx(path), { cacheDirectory })),
    );
    expect(first!.found.sha256).toBe(second!.found.sha256);
    expect(first!.arrays.classes.labels.class).toEqual([""]);
  });

  test("what does not fit is named", async () => {
    const images = await write("images", formatIdx(six, [3, 2, 5]));
    const flat = await write("flat", formatIdx(six, [30]));
    const floats = await write("floats", formatIdx(new Uint8Array(8), [2], 0x0d));
    const cut = await write("cut", formatIdx(six.subarray(1), [3, 2, 5]));
    const complain = (...paths: Parameters<typeof idx>) =>
      complaintOf(() => readAll(idx(...paths), { cacheDirectory }));
    expect(await complain(join(folder, "none"))).toMatch(/none cannot be read: there is no such/);
    expect(await complain(flat)).toMatch(/flat has the shape \[30\], expected pictures/);
    expect(await complain(floats)).toMatch(/IDX type 13, expected 8.*npz\(\)/);
    expect(await complain(cut)).toMatch(/cut has 29 values, expected 30 for the shape \[3, 2, 5\]/);
    expect(await complain(images, flat)).toMatch(/\[30\], expected \[3\], a label for each/);
    expect(await complain(flat, images)).toMatch(/flat has the shape/);
  });
});
