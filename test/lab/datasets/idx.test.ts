import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error.ts";
import { parseIdx } from "../../../src/lab/datasets/idx.ts";
import { formatImages, formatLabels, numbered } from "./idx-files.ts";

const labels = [7, 2, 1, 0];
const images = formatImages(numbered(labels));

const parse = (imageBytes: Uint8Array, labelBytes: Uint8Array = formatLabels(labels)) =>
  parseIdx({ name: "images.gz", bytes: imageBytes }, { name: "labels.gz", bytes: labelBytes });

describe("parseIdx", () => {
  test("reads what was written, plain or gzip", () => {
    const set = fc
      .array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 })
      .chain((some) =>
        fc.tuple(
          fc.constant(some),
          fc.uint8Array({ minLength: some.length * 784, maxLength: some.length * 784 }),
        ),
      );
    fc.assert(
      fc.property(set, fc.boolean(), fc.boolean(), ([classes, pixels], packed, alsoPacked) => {
        const imageFile = formatImages(pixels);
        const labelFile = formatLabels(classes);
        const found = parse(
          packed ? gzipSync(imageFile) : imageFile,
          alsoPacked ? gzipSync(labelFile) : labelFile,
        );
        expect([...found.labels]).toEqual(classes);
        expect(Buffer.compare(found.pixels, pixels)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test("blames a UserError on any bytes whatever", () => {
    const prefix = fc.constantFrom(images, gzipSync(images), Buffer.from("<html>"));
    const cut = fc.tuple(prefix, fc.nat({ max: 3000 }), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(cut, ([bytes, length, tail]) => {
        const damaged = Buffer.concat([bytes.subarray(0, length), tail]);
        try {
          expect(parse(damaged).labels).toHaveLength(4);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as UserError).message).toMatch(/images\.gz/);
          expect((error as UserError).hint).toBeTruthy();
        }
      }),
    );
  });

  const gzip = gzipSync(images);
  const flipped = Buffer.from(gzip);
  flipped[flipped.length - 6]! ^= 1; // in the checksum
  const overlong = Buffer.concat([images, Buffer.alloc(1)]);
  const twelve = formatImages(new Uint8Array(4 * 12 * 20), 12, 20);

  const wrong: [string, Uint8Array, string][] = [
    ["an empty file", new Uint8Array(), "images.gz is empty"],
    [
      "a cut gzip file",
      gzip.subarray(0, -20),
      `images.gz: the gzip file of ${gzip.length - 20} bytes ends too early`,
    ],
    [
      "a gzip bomb",
      gzipSync(Buffer.alloc(2 ** 26 + 1)),
      "bytes unpacks to more than 67108864 bytes",
    ],
    ["a damaged gzip file", flipped, `images.gz: the gzip file of ${gzip.length} bytes is damaged`],
    ["a web page", Buffer.from("\n<!DOCTYPE html><title>404"), "images.gz is a web page"],
    ["a packed web page", gzipSync("<html>404</html>"), "images.gz is a web page"],
    ["a cut header", images.subarray(0, 10), "has 10 bytes, expected a header of 16"],
    [
      "another magic number",
      Buffer.from("PK\x03\x04 and so on, for long enough"),
      "images.gz starts with 0x504b0304, expected 0x00000803 for images",
    ],
    ["labels", Buffer.concat([formatLabels(labels), images]), "starts with 0x00000801"],
    [
      "fewer bytes than announced",
      images.subarray(0, -1),
      "has 3151 bytes, expected 3152 for the 4 images it announces",
    ],
    ["more bytes than announced", overlong, "has 3153 bytes, expected 3152"],
    ["another size", twelve, "holds images of 12×20, expected 28×28 pixels"],
    ["no images", formatImages(new Uint8Array()), "holds no images"],
  ];

  test.each(wrong)("names %s", (_, bytes, message) => {
    expect(() => parse(bytes)).toThrow(message);
  });

  test("names labels that do not fit", () => {
    expect(() => parse(images, formatLabels([1, 2]))).toThrow(
      "labels.gz holds 2 labels, expected 4 as images in images.gz",
    );
    expect(() => parse(images, formatLabels([1, 2, 10, 3]))).toThrow(
      "labels.gz: label 2 is 10, expected 0 to 9",
    );
    expect(() => parse(images, formatLabels(labels).subarray(0, -1))).toThrow(
      "labels.gz has 11 bytes, expected 12 for the 4 labels it announces",
    );
  });

  test("guesses that files were swapped", () => {
    const hint = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as UserError).hint;
      }
      return undefined;
    };
    expect(hint(() => parse(Buffer.concat([formatLabels(labels), images])))).toContain("swapped");
    expect(hint(() => parse(images, images))).toContain("swapped");
  });
});
