import { describe, expect, test } from "vitest";
import { drawPictures } from "../../../src/lab/datasets/drawn.ts";
import { datasetNames } from "../../../src/lab/datasets/names.ts";

const labels = Array.from({ length: 10 }, (_, label) => label);
const mean = (pixels: Uint8Array) => pixels.reduce((sum, v) => sum + v, 0) / 784 / 255;
const difference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / 784 / 255;

describe.each(datasetNames)("drawn %s", async (name) => {
  const places = labels.flatMap((label) => [0, 1, 3].map((rank) => ({ label, rank })));
  const drawn = await drawPictures(name, places);
  const pick = (label: number, rank: number): Uint8Array => {
    const at = places.findIndex((place) => place.label === label && place.rank === rank);
    return drawn.subarray(at * 784, (at + 1) * 784);
  };

  test("is the same whichever others are drawn", async () => {
    expect(await drawPictures(name, [{ label: 4, rank: 1 }])).toEqual(pick(4, 1));
  });

  test("fills about as much of the picture as the original", () => {
    // means of the original test sets: MNIST 0.13, Fashion-MNIST 0.29
    const [least, most] = name === "mnist" ? [0.04, 0.2] : [0.08, 0.5];
    for (const label of labels) {
      const pixels = pick(label, 0);
      expect(mean(pixels), `${label}`).toBeGreaterThan(least);
      expect(mean(pixels), `${label}`).toBeLessThan(most);
      expect(Math.max(...pixels), `${label}`).toBeGreaterThan(200);
    }
  });

  test("leaves the corners black", () => {
    for (const label of labels) {
      const pixels = pick(label, 3);
      expect([pixels[0], pixels[27], pixels[756], pixels[783]], `${label}`).toEqual([0, 0, 0, 0]);
    }
  });

  test("varies within a class, and more between classes", () => {
    for (const label of labels) {
      expect(difference(pick(label, 0), pick(label, 1))).toBeGreaterThan(0.005);
      for (const other of labels.slice(label + 1)) {
        expect(difference(pick(label, 0), pick(other, 0))).toBeGreaterThan(0.04);
      }
    }
  });
});
