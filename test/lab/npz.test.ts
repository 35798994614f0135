import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type NumpyArray, readNpz, writeNpz } from "../../src/lab/npz.ts";

const folder = mkdtempSync(join(tmpdir(), "npz-"));
afterAll(() => rmSync(folder, { recursive: true }));

const python = process.env["VITRINE_PYTHON"] ?? "python3";
const hasNumpy = spawnSync(python, ["-c", "import numpy"]).status === 0;

const samples: Record<string, NumpyArray> = {
  outputs: { data: Float32Array.of(0, 0.5, -1, 3.25, NaN, Infinity), shape: [2, 3] },
  exact: { data: Float64Array.of(Math.PI, 1e-300), shape: [2] },
  labels: { data: Int32Array.of(7, -2), shape: [1, 2, 1] },
  steps: { data: BigInt64Array.of(2n ** 60n), shape: [] },
  pixels: { data: Uint8Array.of(0, 128, 255), shape: [3] },
  empty: { data: new Float32Array(0), shape: [0, 784] },
};

const array = fc.array(fc.nat({ max: 4 }), { maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((n, size) => n * size, 1);
  const exactly = { minLength: length, maxLength: length };
  return fc
    .oneof<fc.Arbitrary<NumpyArray["data"]>[]>(
      fc.float32Array(exactly),
      fc.float64Array(exactly),
      fc.int32Array(exactly),
      fc.bigInt64Array(exactly),
      fc.uint8Array(exactly),
    )
    .map((data) => ({ data, shape }));
});
const name = fc.stringMatching(/^[a-zä][a-z0-9 _./-]{0,20}$/);

describe("npz", () => {
  test("reads back what it wrote, whatever the arrays", () => {
    const arrays = fc.dictionary(name, array, { maxKeys: 5, noNullPrototype: true });
    fc.assert(fc.property(arrays, (some) => void expect(readNpz(writeNpz(some))).toEqual(some)));
  });

  test("makes the same bytes twice", () => {
    expect(writeNpz(samples)).toEqual(writeNpz(samples));
  });

  test("refuses a shape that does not fit", () => {
    const wrong = { outputs: { data: new Float32Array(5), shape: [2, 3] } };
    expect(() => writeNpz(wrong)).toThrow("array “outputs” has 5 values, not [2, 3]");
  });

  test("notices a flipped bit and a cut end", () => {
    const bytes = writeNpz({ pixels: samples["pixels"]! });
    const flipped = Uint8Array.from(bytes);
    flipped[30 + "pixels.npy".length + 128]! ^= 1;
    expect(() => readNpz(flipped)).toThrow("“pixels” does not match its checksum");
    expect(() => readNpz(bytes.subarray(0, -30))).toThrow("not an .npz file");
  });

  test("names the file whose directory is damaged, and unpacks nothing twice", () => {
    const bytes = Buffer.from(writeNpz({ pixels: { data: new Uint8Array(500), shape: [500] } }));
    const elsewhere = Buffer.from(bytes);
    elsewhere.writeUInt32LE(0xffff_ff00, bytes.length - 6);
    expect(() => readNpz(elsewhere, "a/arrays.npz")).toThrow("a/arrays.npz: damaged: ");
    const entry = bytes.subarray(bytes.readUInt32LE(bytes.length - 6), -22);
    const twice = Buffer.concat([bytes.subarray(0, -22), entry, bytes.subarray(-22)]);
    twice.writeUInt16LE(2, twice.length - 12);
    expect(() => readNpz(twice, "a/arrays.npz")).toThrow("“pixels” overlaps another");
  });

  test.skipIf(!hasNumpy)("is read by NumPy", () => {
    const file = join(folder, "samples.npz");
    writeFileSync(file, writeNpz(samples));
    const script = `
import json, sys, zipfile, numpy as np
assert zipfile.ZipFile(sys.argv[1]).testzip() is None
z = np.load(sys.argv[1])
print(json.dumps({k: [str(z[k].dtype), z[k].shape, z[k].tobytes().hex()] for k in z.files}))`;
    const { stdout, stderr } = spawnSync(python, ["-c", script, file], { encoding: "utf8" });
    const dtypes = ["float32", "float64", "int32", "int64", "uint8", "float32"];
    const expected = Object.entries(samples).map(([key, { data, shape }], i) => [
      key,
      [dtypes[i], shape, Buffer.from(data.buffer).toString("hex")],
    ]);
    expect(JSON.parse(stdout || stderr)).toEqual(Object.fromEntries(expected));
  });

  test.skipIf(!hasNumpy)("reads NumPy, stored and compressed", () => {
    for (const save of ["savez", "savez_compressed"]) {
      const file = join(folder, `${save}.npz`);
      const script = `import sys, numpy as np
np.${save}(sys.argv[1], a=np.arange(6, dtype=np.float32).reshape(2, 3), b=np.int64(9))`;
      spawnSync(python, ["-c", script, file]);
      expect(readNpz(readFileSync(file))).toEqual({
        a: { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3] },
        b: { data: BigInt64Array.of(9n), shape: [] },
      });
    }
  });
});
