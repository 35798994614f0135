import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measureCorrelation } from "../../../src/lab/measures/correlation.ts";
import { measureError } from "../../../src/lab/measures/error.ts";
import { measureGain } from "../../../src/lab/measures/gain.ts";
import { measureDisplayed, measureTable } from "../../../src/lab/measures/table.ts";

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

describe("measureGain", () => {
  test("is the factor and ignores the offset", () => {
    const train = [0, 1, 2, 5];
    expect(
      measureGain(
        train.map((v) => 0.25 * v + 9),
        train,
      ),
    ).toBeCloseTo(0.25, 12);
    expect(measureGain([3, 3, 3, 3], train)).toBeCloseTo(0, 12);
  });

  test("is r times the ratio of deviations", () => {
    fc.assert(
      fc.property(pair, ([output, train]) => {
        const deviation = (row: number[]) => {
          const mean = row.reduce((sum, v) => sum + v, 0) / row.length;
          return Math.sqrt(row.reduce((sum, v) => sum + (v - mean) ** 2, 0));
        };
        const expected =
          (measureCorrelation(output, train)! * deviation(output)) / deviation(train);
        expect(measureGain(output, train)).toBeCloseTo(expected, 6);
      }),
    );
  });

  test("refuses a constant training picture", () => {
    expect(() => measureGain([1, 2], [3, 3])).toThrow(RangeError);
  });
});

test("measureError is the mean of the squares", () => {
  expect(measureError([1, 2, 3], [1, 4, 0])).toBeCloseTo(13 / 3, 12);
  expect(() => measureError([1], [1, 2])).toThrow(RangeError);
});

describe("measureTable", () => {
  const pictures = ["seven", "bar", "grey"].map((id) => ({ id, label: id }));
  const train = [0, 1, 0, 2];
  const inputs = [train, [2, 0, 1, 0], [1, 1, 1, 0]];

  test("knows the identity and the constant map", () => {
    const identity = measureTable(train, inputs, inputs, pictures);
    expect(identity.images.map(({ rInput, mse }) => [rInput, mse])).toEqual([
      [expect.closeTo(1, 12), 0],
      [expect.closeTo(1, 12), 0],
      [expect.closeTo(1, 12), 0],
    ]);
    const constant = measureTable(train, inputs, [train, train, train], pictures);
    expect(constant.mean.rTrain).toBeCloseTo(1, 12);
    expect(constant.mean.gain).toBeCloseTo(1, 12);
    expect(constant.mean.mse).toBeCloseTo((10 + 6) / 4 / 2, 12); // the tests only
  });

  test("leaves undefined correlations out of the mean", () => {
    const flat = [3, 3, 3, 3];
    const { images, mean } = measureTable(train, inputs, [train, flat, inputs[2]!], pictures);
    expect(images[1]).toEqual({
      id: "bar",
      label: "bar",
      rInput: null,
      rTrain: null,
      gain: expect.closeTo(0, 12),
      mse: expect.closeTo((1 + 9 + 4 + 9) / 4, 12),
    });
    expect(mean.rInput).toBeCloseTo(1, 12);
    const none = measureTable(train, inputs, [train, flat, flat], pictures);
    expect([none.mean.rInput, none.mean.rTrain]).toEqual([null, null]);
  });

  test("measures what is shown: clipped", () => {
    const far = inputs.map((row) => row.map((v) => (v > 0.5 ? 100 : -100)));
    const shown = measureDisplayed(train, inputs, far, pictures);
    expect(shown.images.every((image) => image.mse <= 1)).toBe(true);
    expect(shown.images[0]!.gain).toBeGreaterThan(1);
  });

  test("refuses unequal numbers of rows", () => {
    expect(() => measureTable(train, inputs, inputs.slice(1), pictures)).toThrow(RangeError);
  });
});
