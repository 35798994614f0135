import { expect, test } from "vitest";
import { type HeatMapData, niceRange, plotHeatMap } from "../../src/plots/heat-map.ts";
import { expectGolden } from "./golden.ts";

const data: HeatMapData = {
  title: "answers",
  rows: ["cat", "dog & fox"],
  columns: ["cat", "dog & fox", "none"],
  rowLabel: "shown",
  columnLabel: "answered",
  cells: [
    [0.9, 0.1, 0],
    [0.25, 0.75, null],
  ],
  label: "share",
  range: [0, 1],
};

test("shares in a matrix with its scale", () => {
  expectGolden("heat-map", plotHeatMap(data));
});

test("many cells have colours only, and labels that do not touch", () => {
  const many = Array.from({ length: 60 }, (_, i) => `c${i}`);
  const cells = data.rows.map(() => many.map((_, i) => i - 30));
  const svg = plotHeatMap({ ...data, columns: many, cells, range: null }, "narrow");
  expect(svg).not.toContain(">29<");
  expect(svg.match(/>c\d+</g)!.length).toBeLessThan(30);
  expect(svg).toContain("var(--heat-positive)");
});

test("a scale starts from zero where the numbers come close to it", () => {
  expect(niceRange([0.1, 0.9])).toEqual([0, 0.9]);
  expect(niceRange([0.8, 0.9])).toEqual([0.8, 0.9]);
});

test("very many cells are few paths that cover each of them once", () => {
  const [height, width] = [48, 40];
  const cells = Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => (i === 3 && j === 5 ? null : Math.sin(i * j))),
  );
  const names = (length: number) => Array.from({ length }, (_, i) => `${i}`);
  const svg = plotHeatMap({ ...data, rows: names(height), columns: names(width), cells });
  const covered = new Map<string, string>();
  for (const [, fill, d] of svg.matchAll(/<path stroke="([^"]+)" d="([^"]+)"/g)) {
    for (const [, x, y, length] of d!.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
      for (let i = 0; i < Number(length); i++) {
        const at = `${y},${Number(x) + i}`;
        expect(covered.has(at), at).toBe(false);
        covered.set(at, fill!);
      }
    }
  }
  expect(covered.size).toBe(height * width);
  expect(covered.get("3,5")).toBe("var(--paper-sunken)");
  expect(covered.get("0,0")).toBe("color-mix(in oklab, var(--heat) 0%, var(--paper))");
  expect(svg.length).toBeLessThan(20 * height * width);
});
