import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Pictures } from "../../../src/lab/record.ts";
import { canonicalJson, hashPictures, runKey } from "../../../src/lab/store/key.ts";
import { trainSpec } from "../job.ts";

/** The same value with the keys of every object in the opposite order. */
function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, field]) => [key, reverseKeys(field)]));
}

// Number-like keys come first in any object, and "__proto__" cannot be written in one.
const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("__proto__"));

describe("canonicalJson", () => {
  test("means the same as JSON", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reverseKeys(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test("tells different values apart", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const same =
          JSON.stringify(JSON.parse(canonicalJson(a))) ===
          JSON.stringify(JSON.parse(canonicalJson(b)));
        expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
      }),
    );
  });

  test("leaves undefined fields out", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  test.each([NaN, Infinity, -Infinity, undefined, 1n, new Date(0), () => 1])(
    "rejects %s",
    (value) => {
      expect(() => canonicalJson({ a: [value] })).toThrow("$.a[0] is not plain JSON");
    },
  );
});

const picture = (id: string, grey: number) => ({
  id,
  label: id,
  pixels: new Float32Array(784).fill(grey),
});

const pictures: Pictures = {
  train: picture("mnist-7-0", 0.5),
  tests: [picture("mnist-4-1", 0.25), picture("pattern-gradient", 0.75)],
  layerTests: [],
};

describe("hashPictures", () => {
  test("depends on pixels, ids and roles, not on labels", () => {
    const [first, second] = pictures.tests as [typeof pictures.train, typeof pictures.train];
    const others: Pictures[] = [
      { ...pictures, train: picture("mnist-7-0", 0.5001) },
      { ...pictures, train: picture("mnist-7-1", 0.5) },
      { ...pictures, tests: [second, first] },
      { ...pictures, tests: [first], layerTests: [second] },
    ];
    const hashes = [pictures, ...others].map(hashPictures);
    expect(new Set(hashes).size).toBe(hashes.length);
    const relabelled = { ...pictures, train: { ...pictures.train, label: "seven" } };
    expect(hashPictures(relabelled)).toBe(hashPictures(pictures));
  });

  test("does not depend on the buffer that pixels lie in", () => {
    const buffer = new Float32Array(2 * 784).fill(0.5);
    const train = { ...pictures.train, pixels: buffer.subarray(784) };
    expect(hashPictures({ ...pictures, train })).toBe(hashPictures(pictures));
  });
});

describe("runKey", () => {
  const parts = { spec: trainSpec(), pictures: "a", engine: "cpu-4", codeHash: "b", schema: 1 };

  test("is 32 hexadecimal digits", () => {
    expect(runKey(parts)).toMatch(/^[0-9a-f]{32}$/);
  });

  test("depends on every part", () => {
    const others = [
      { ...parts, spec: trainSpec(3) },
      { ...parts, pictures: "c" },
      { ...parts, engine: "cpu-5" },
      { ...parts, engine: null },
      { ...parts, codeHash: "c" },
      { ...parts, schema: 2 },
    ];
    const keys = [parts, ...others].map(runKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
