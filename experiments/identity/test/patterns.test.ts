import { describe, expect, test } from "vitest";
import { drawPattern } from "../patterns.ts";
import type { PatternName } from "../pictures.ts";
import { standardise, toDisplay } from "../scaling.ts";

describe("patterns", () => {
  /** A text per row, one character per pixel from black to white. */
  const show = (name: PatternName) => {
    const pixels = drawPattern(name);
    const shade = (value: number) => " .:-=+*#%@"[Math.round(value * 9)];
    return Array.from({ length: 28 }, (_, row) =>
      Array.from(pixels.subarray(row * 28, row * 28 + 28), shade).join(""),
    );
  };

  test("squares, stripes and dots lie on whole pixels", () => {
    const square = show("small-square");
    expect(square[6]).toBe(" ".repeat(28));
    expect(square[7]).toBe(" ".repeat(7) + "@".repeat(7) + " ".repeat(14));
    expect(square[13]).toBe(square[7]);
    expect(square[14]).toBe(square[6]);
    expect(show("thin-stripes")[9]).toBe(" @".repeat(14));
    expect(show("wide-stripes")[9]).toBe("@@@@    ".repeat(3) + "@@@@");
    expect(show("dot-grid").slice(0, 5)).toEqual([
      "@+  ".repeat(7),
      "@   ".repeat(7),
      " ".repeat(28),
      " ".repeat(28),
      "@+  ".repeat(7),
    ]);
  });

  test("the gradient runs from black to white", () => {
    const row = drawPattern("gradient").subarray(0, 28);
    expect([row[0], row[27]]).toEqual([0, 1]);
    expect(row[9]).toBeCloseTo(1 / 3, 6);
  });

  test("ellipse, disc and crescent have the measured extents", () => {
    const ellipse = show("ellipse");
    const drawn = ellipse.flatMap((row, y) => (row.trim() === "" ? [] : [y]));
    expect([drawn[0], drawn.at(-1)]).toEqual([7, 20]);
    expect(ellipse[13]).toBe("@".repeat(27) + " ");
    const disc = show("disc-crescent");
    expect(disc[0]).toBe(" ".repeat(10) + "@".repeat(9) + " ".repeat(9));
    expect(disc.flatMap((row, y) => (row[0] === "@" ? [y] : [])).length).toBe(8);
    const grey = drawPattern("disc-crescent");
    expect(new Set(grey)).toEqual(new Set([0, 0.5, 1]));
    const columnsOf = (y: number) => [...disc[y]!].flatMap((c, x) => (c === "+" ? [x] : []));
    expect(columnsOf(7)).toEqual([11, 12, 13, 14, 15, 16, 17]);
    expect(columnsOf(11)).toEqual([7, 8, 9, 10, 11, 12, 20, 21]);
    expect(columnsOf(15)).toEqual([7, 8, 9, 10]);
    expect(columnsOf(20)).toEqual([11, 12]);
    expect(columnsOf(21)).toEqual([]);
  });
});

describe("scaling", () => {
  test("standardises and comes back", () => {
    // mean and standard deviation of MNIST's training pixels: 0.1307, 0.3081
    expect(standardise([0, 1])[0]).toBeCloseTo(-0.1307 / 0.3081, 6);
    expect(standardise([0, 1])[1]).toBeCloseTo(0.8693 / 0.3081, 6);
    const back = toDisplay(standardise([0, 0.25, 1]));
    [0, 0.25, 1].forEach((value, i) => expect(back[i]).toBeCloseTo(value, 6));
  });

  test("clips what is shown", () => {
    expect([...toDisplay([-9, 9, NaN, -Infinity])]).toEqual([0, 1, 0, 0]);
  });
});
