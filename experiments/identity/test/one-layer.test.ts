import { describe, expect, test } from "vitest";
import { split } from "#lab/random";
import { answerOf, type OneLayer, shareOf } from "../one-layer.ts";

const size = 12;
const random = split(1, "one-layer");
const draw = (length: number) => Float64Array.from({ length }, () => random.normal());

/** The layer itself, by the definition of a matrix product. */
const apply = ({ weights, biases }: OneLayer, x: Float64Array) =>
  Float64Array.from({ length: size }, (_, o) =>
    x.reduce((sum, value, i) => sum + value * weights[i * size + o]!, biases?.[o] ?? 0),
  );

/** Gradient descent with momentum on ½‖f(train) − train‖². */
function descend(initial: OneLayer, train: Float64Array, steps: number): OneLayer {
  const weights = Float64Array.from(initial.weights);
  const biases = initial.biases && Float64Array.from(initial.biases);
  const [speed, drift] = [new Float64Array(size ** 2), new Float64Array(size)];
  for (let step = 0; step < steps; step++) {
    const error = apply({ weights, biases }, train).map((value, o) => value - train[o]!);
    for (let o = 0; o < size; o++) {
      for (let i = 0; i < size; i++) {
        speed[i * size + o] = 0.5 * speed[i * size + o]! - 0.02 * error[o]! * train[i]!;
        weights[i * size + o]! += speed[i * size + o]!;
      }
      drift[o] = 0.5 * drift[o]! - 0.02 * error[o]!;
      if (biases) biases[o]! += drift[o]!;
    }
  }
  return { weights, biases };
}

describe.each([true, false])("a layer, with biases: %s", (hasBiases) => {
  const initial = { weights: draw(size ** 2), biases: hasBiases ? draw(size) : null };
  const [train, input] = [draw(size), draw(size)];

  test("trained to the end answers what the closed form says", () => {
    const trained = apply(descend(initial, train, 2000), input);
    answerOf(initial, input, train).forEach((value, i) => {
      expect(value).toBeCloseTo(trained[i]!, 11);
    });
  });

  test("trained halfway, too, given its answer to the training picture", () => {
    const layer = descend(initial, train, 5);
    const reached = apply(layer, train);
    expect(Math.abs(reached[0]! - train[0]!)).toBeGreaterThan(1e-3);
    const trained = apply(layer, input);
    answerOf(initial, input, train, reached).forEach((value, i) => {
      expect(value).toBeCloseTo(trained[i]!, 11);
    });
  });

  test("holds all of the training picture when it is shown that", () => {
    expect(shareOf(train, train, initial)).toBe(1);
    expect([...answerOf(initial, train, train)]).toEqual([...train]);
  });
});
