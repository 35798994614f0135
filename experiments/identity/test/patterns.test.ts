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
    expect(show("thin-stripes")[9]).toBe("@ ".repeat(14));
    expect(show("wide-stripes")[9]).toBe("@@@@    ".repeat(3) + "@@@@");
    expect(show("dot-grid").slice(0, 5)).toEqual([
      "@@  ".repeat(7),
      "@@  ".repeat(7),
      " ".repeat(28),
      " ".repeat(28),
      "@@  ".repeat(7),
    ]);
  });

  test("the gradient runs from black to white", () => {
    const row = drawPattern("gradient").subarray(0, 28);
    expect([row[0], row[27]]).toEqual([0, 1]);
    expect(row[9]).toBeCloseTo(1 / 3, 6);
  });

  test("ellipse and disc have the measured extents", () => {
    const ellipse = show("ellipse");
    expect(ellipse.findIndex((row) => row.trim() !== "")).toBe(6);
    expect(ellipse[14]).toMatch(/^[*#%@]@{26}[*#%@]$/);
    const disc = show("disc-crescent");
    expect([disc[0]![0], disc[0]![14], disc[14]![0]]).toEqual([" ", "@", "@"]);
    const grey = drawPattern("disc-crescent");
    const inner = (i: number) => Math.hypot(Math.floor(i / 28) - 13.5, (i % 28) - 13.5) < 11;
    const inCrescent = [...grey.keys()].filter((i) => inner(i) && grey[i]! < 1);
    expect(Math.min(...inCrescent.map((i) => grey[i]!))).toBeCloseTo(0.45, 6);
    const [rows, columns] = [
      inCrescent.map((i) => Math.floor(i / 28)),
      inCrescent.map((i) => i % 28),
    ];
    expect([Math.min(...rows), Math.min(...columns)]).toEqual([6, 7]);
    expect([Math.max(...rows), Math.max(...columns)]).toEqual([19, 20]); // measured 20, 20, ±1
    expect(grey[17 * 28 + 18]).toBe(1); // open to the lower right
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
