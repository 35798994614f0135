import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measureCorrelation } from "../../../src/lab/measures/correlation.ts";
import { measureError } from "../../../src/lab/measures/error.ts";

const value = fc.integer({ min: -1000, max: 1000 }).map((v) => v / 100);
const pair = fc
  .array(fc.tuple(value, value), { minLength: 3, maxLength: 40 })
  .map((both) => [both.map(([a]) => a), both.map(([, b]) => b)] as const)
  .filter((rows) => rows.every((row) => new Set(row).size > 1));

describe("measureCorrelation", () => {
  test("agrees with NumPy", () => {
    // numpy: np.corrcoef([1, 2, 3, 4], [2, 1, 4, 3])[0, 1]
    expect(measureCorrelation([1, 2, 3, 4], [2, 1, 4, 3])).toBeCloseTo(0.6, 12);
  });

  test("is symmetric, in [-1, 1], and blind to shift and positive scale", () => {
    fc.assert(
      fc.property(pair, fc.double({ min: 0.01, max: 100, noNaN: true }), ([a, b], scale) => {
        const r = measureCorrelation(a, b)!;
        expect(Math.abs(r)).toBeLessThanOrEqual(1);
        expect(measureCorrelation(b, a)).toBeCloseTo(r, 9);
        expect(
          measureCorrelation(
            a.map((v) => scale * v - 3),
            b,
          ),
        ).toBeCloseTo(r, 9);
        expect(measureCorrelation(a, a)).toBeCloseTo(1, 12);
      }),
    );
  });

  test("is undefined for a constant row, also where only rounding varies", () => {
    const row = [0, 1, 2];
    expect(measureCorrelation([4, 4, 4], row)).toBeNull();
    expect(measureCorrelation([0, 0, 0], row)).toBeNull();
    const rounded = Float32Array.of(0.1307, Math.fround(0.1307) * (1 + 2 ** -23), 0.1307);
    expect(measureCorrelation(rounded, row)).toBeNull();
    expect(measureCorrelation([NaN, 1, 2], row)).toBeNull();
  });

  test("still sees a faint picture on a grey ground", () => {
    expect(measureCorrelation([0.5, 0.5001, 0.5002], [0, 1, 2])).toBeCloseTo(1, 9);
  });
});

test("measureError is the mean of the squares", () => {
  expect(measureError([1, 2, 3], [1, 4, 0])).toBeCloseTo(13 / 3, 12);
  expect(() => measureError([1], [1, 2])).toThrow(RangeError);
});
