import { describe, expect, test } from "vitest";
import { split } from "../../src/lab/random.ts";

const draw = (n: number, next: () => number) => Array.from({ length: n }, next);
const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe("split", () => {
  test("repeats itself for the same seed and name", () => {
    const [one, two] = [split(1, "layer-1/kernel"), split(1, "layer-1/kernel")];
    expect(draw(50, one.normal)).toEqual(draw(50, two.normal));
  });

  test("keeps its numbers: a change here would change every result", () => {
    expect(draw(3, split(1, "layer-1/kernel").uniform)).toMatchInlineSnapshot(`
      [
        0.3583447212457578,
        0.3943568891232503,
        0.5173340583800565,
      ]
    `);
  });

  test("gives other numbers for another seed or name", () => {
    const first = (seed: number, name: string) => split(seed, name).uniform();
    const values = [first(1, "a"), first(2, "a"), first(1, "b"), first(12, "3"), first(1, "23")];
    expect(new Set(values).size).toBe(values.length);
  });

  test("draws neighbouring seeds without correlation", () => {
    const [a, b] = [split(1, "x"), split(2, "x")];
    const products = draw(20_000, () => a.normal() * b.normal());
    expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(20_000)); // four standard errors
  });

  test("is uniform over [0, 1)", () => {
    const values = draw(20_000, split(3, "uniform").uniform);
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true);
    const counts = new Array<number>(10).fill(0);
    for (const v of values) counts[Math.floor(v * 10)]! += 1;
    const chiSquare = counts.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(27.9); // 99.9 % point of chi² with 9 degrees of freedom
  });

  test("has the moments of the standard normal", () => {
    const values = draw(40_000, split(3, "normal").normal);
    const moment = (k: number) => mean(values.map((v) => v ** k));
    expect(Math.abs(moment(1))).toBeLessThan(4 / 200); // four standard errors throughout
    expect(Math.abs(moment(2) - 1)).toBeLessThan((4 * Math.sqrt(2)) / 200);
    expect(Math.abs(moment(3))).toBeLessThan((4 * Math.sqrt(15)) / 200);
    expect(Math.abs(moment(4) - 3)).toBeLessThan((4 * Math.sqrt(96)) / 200);
  });
});
