import { describe, expect, test } from "vitest";
import { meanMeasures, measure, measureGain, measureReproduction } from "../measures.ts";

const train = [0, 1, 0, 2];
const inputs = [
  [2, 0, 1, 0],
  [1, 1, 1, 0],
];

test("the gain is the factor, and ignores the offset", () => {
  const output = train.map((v) => 0.25 * v + 9);
  expect(measureGain(output, train)).toBeCloseTo(0.25, 12);
  expect(measureGain([3, 3, 3, 3], train)).toBeCloseTo(0, 12);
  expect(() => measureGain([1, 2], [3, 3])).toThrow(RangeError);
});

describe("measures", () => {
  test("know the identity and the constant map", () => {
    for (const input of inputs) {
      expect(measure(input, input, train)).toMatchObject({ rInput: expect.closeTo(1, 12), mse: 0 });
    }
    const constant = meanMeasures(inputs.map((input) => measure(train, input, train)));
    expect(constant).toMatchObject({
      rTrain: expect.closeTo(1, 12),
      gain: expect.closeTo(1, 12),
      mse: expect.closeTo((10 + 6) / 4 / 2, 12),
    });
  });

  test("leave undefined correlations out of the mean", () => {
    const flat = [3, 3, 3, 3];
    const none = measure(flat, inputs[0]!, train);
    expect(none).toMatchObject({ rInput: null, rTrain: null, gain: expect.closeTo(0, 12) });
    expect(meanMeasures([none, measure(inputs[1]!, inputs[1]!, train)]).rInput).toBeCloseTo(1, 12);
    expect(meanMeasures([none, none])).toMatchObject({ rInput: null, rTrain: null });
  });
});

test("reproduction is judged against the picture's variance", () => {
  const grey = measureReproduction([0.75, 0.75, 0.75, 0.75], train);
  expect(grey.r).toBeNull();
  expect(grey.mse).toBeCloseTo(grey.variance, 12);
  expect(measureReproduction(train, train)).toMatchObject({ r: expect.closeTo(1, 12), mse: 0 });
});
