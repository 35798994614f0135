import { Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { measureError, measureFit, measureLoss, oneHot } from "../measures.ts";
import { centre, meanPicture, shrink } from "../pictures.ts";
import { networkParameters } from "../sizes.ts";

test("answers are judged by their greatest value and by their distance to the targets", () => {
  const answers = oneHot([3, 1, 4]);
  answers.set(2, 5, 2);
  expect(measureError(answers, [3, 1, 4])).toBeCloseTo(1 / 3, 12);
  expect(measureLoss(answers, [3, 1, 4])).toBeCloseTo(4 / 3, 12);
  expect(measureLoss(Matrix.zeros(2, 10), [0, 9])).toBeCloseTo(1, 12);
});

test("a fit is judged on training labels as taught and on true test labels", () => {
  const measured = measureFit({
    train: oneHot([1, 2]),
    taught: [1, 2],
    test: oneHot([1, 2, 3, 4]),
    truth: [1, 2, 3, 5],
    parameters: 30,
    norm: 7,
  });
  expect(measured).toEqual({
    parameters: 30,
    ratio: 1.5,
    trainError: 0,
    testError: 0.25,
    trainLoss: 0,
    testLoss: expect.closeTo(0.5, 12),
    norm: 7,
  });
});

test("a width of 83 is the last with fewer parameters than 500 × 10", () => {
  expect([83, 84].map(networkParameters)).toEqual([4990, 5050]);
});

test("pictures shrink by means of squares, and lose the mean picture", () => {
  const pixels = new Uint8Array(2 * 784);
  pixels.fill(255, 784, 784 + 4 * 28); // the upper four rows of the second picture
  pixels[784] = 0;
  const shrunk = shrink(pixels, [1, 0]);
  expect(shrunk[0]).toBeCloseTo(15 / 16, 6);
  expect([...shrunk.subarray(1, 8)]).toEqual(
    [1, 1, 1, 1, 1, 1, 0].map((v) => expect.closeTo(v, 6)),
  );
  expect([...shrunk.subarray(49)]).toEqual(new Array(49).fill(0));
  const centred = centre(shrunk, meanPicture(shrunk));
  expect(centred[1]).toBeCloseTo(0.5, 6);
  expect(centred[50]).toBeCloseTo(-0.5, 6);
});
