import type { Row } from "#lab/measures/centred";

/** One fully connected layer without an activation. */
export interface OneLayer {
  /** [inputs, outputs], row by row. */
  weights: Row;
  /** [outputs]; null where it has none. */
  biases: Row | null;
}

function dot(a: Row, b: Row): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export const lengthOf = (row: Row): number => Math.sqrt(dot(row, row));

/** How much of the training picture an input holds; a bias counts as one more pixel that is always 1. */
export function shareOf(input: Row, train: Row, { biases }: OneLayer): number {
  const constant = biases ? 1 : 0;
  return (dot(input, train) + constant) / (dot(train, train) + constant);
}

/** What is left of a picture without a share of the training picture. */
export const restOf = (picture: Row, train: Row, share: number): Float64Array =>
  Float64Array.from(train, (pixel, i) => picture[i]! - share * pixel);

/** @param constant what biases are multiplied by. */
function applyTo(input: Row, { weights, biases }: OneLayer, constant: number): Float64Array {
  const outputs = weights.length / input.length;
  const sums = Float64Array.from({ length: outputs }, (_, o) => constant * (biases?.[o] ?? 0));
  for (let i = 0; i < input.length; i++) {
    for (let o = 0; o < outputs; o++) sums[o]! += input[i]! * weights[i * outputs + o]!;
  }
  return sums;
}

/**
 * What a layer answers to an input after gradient descent on one picture: every step adds a
 * multiple of that picture to each output's weights, and nothing else.
 * @param initial before the first step.
 * @param reached its answer to the training picture: the picture itself at zero error.
 */
export function answerOf(
  initial: OneLayer,
  input: Row,
  train: Row,
  reached: Row = train,
): Float64Array {
  const share = shareOf(input, train, initial);
  const rest = applyTo(restOf(input, train, share), initial, 1 - share);
  return rest.map((value, i) => value + share * reached[i]!);
}
