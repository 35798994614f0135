import { describe, expect, test } from "vitest";
import { datasetNames } from "../../../src/lab/datasets/dataset.ts";
import { openDrawn } from "../../../src/lab/datasets/drawn.ts";

const labels = Array.from({ length: 10 }, (_, label) => label);
const mean = (pixels: Uint8Array) => pixels.reduce((sum, v) => sum + v, 0) / 784 / 255;
const difference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / 784 / 255;

describe.each(datasetNames)("drawn %s", async (name) => {
  const drawn = await openDrawn(name);

  test("is the same on every call and says that it is drawn", async () => {
    expect((await openDrawn(name)).provenance).toEqual(drawn.provenance);
    expect(drawn.provenance.source).toBe("drawn");
  });

  test("fills about as much of the picture as the original", () => {
    // means of the original test sets: MNIST 0.13, Fashion-MNIST 0.29
    const [least, most] = name === "mnist" ? [0.04, 0.2] : [0.08, 0.5];
    for (const label of labels) {
      const pixels = drawn.pick(label, 0);
      expect(mean(pixels), `${label}`).toBeGreaterThan(least);
      expect(mean(pixels), `${label}`).toBeLessThan(most);
      expect(Math.max(...pixels), `${label}`).toBeGreaterThan(200);
    }
  });

  test("leaves the corners black", () => {
    for (const label of labels) {
      const pixels = drawn.pick(label, 3);
      expect([pixels[0], pixels[27], pixels[756], pixels[783]], `${label}`).toEqual([0, 0, 0, 0]);
    }
  });

  test("varies within a class, and more between classes", () => {
    for (const label of labels) {
      expect(difference(drawn.pick(label, 0), drawn.pick(label, 1))).toBeGreaterThan(0.005);
      for (const other of labels.slice(label + 1)) {
        expect(difference(drawn.pick(label, 0), drawn.pick(other, 0))).toBeGreaterThan(0.04);
      }
    }
  });

  test("says how many there are of a class", () => {
    expect(() => drawn.pick(4, 8)).toThrow("there are 8 of this class");
  });
});
