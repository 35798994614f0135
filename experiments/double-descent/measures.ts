import { Matrix } from "ml-matrix";
import { outputs, ratioOf } from "./sizes.ts";

/** Targets of regression: 1 for the labelled class, 0 for the others. @returns [n, 10] */
export function oneHot(labels: ArrayLike<number>): Matrix {
  const targets = Matrix.zeros(labels.length, outputs);
  for (let i = 0; i < labels.length; i++) targets.set(i, labels[i]!, 1);
  return targets;
}

/** Share of rows whose greatest value is not in the labelled column. @param answers [n, 10] */
export function measureError(answers: Matrix, labels: ArrayLike<number>): number {
  let wrong = 0;
  for (let i = 0; i < labels.length; i++) {
    if (answers.maxRowIndex(i)[1] !== labels[i]) wrong++;
  }
  return wrong / labels.length;
}

/** Squared distance of a row to its target, mean over rows. @param answers [n, 10] */
export const measureLoss = (answers: Matrix, labels: ArrayLike<number>): number =>
  Matrix.sub(answers, oneHot(labels)).norm("frobenius") ** 2 / labels.length;

interface Fit {
  /** Answers to the training pictures, [n, 10], and the labels that were taught. */
  train: Matrix;
  taught: ArrayLike<number>;
  /** Answers to other pictures, and their true labels. */
  test: Matrix;
  truth: ArrayLike<number>;
  parameters: number;
  norm: number;
}

/** What every fit is measured by, whatever made it. */
export const measureFit = ({ train, taught, test, truth, parameters, norm }: Fit) => ({
  parameters,
  ratio: ratioOf(parameters, taught.length),
  trainError: measureError(train, taught),
  testError: measureError(test, truth),
  trainLoss: measureLoss(train, taught),
  testLoss: measureLoss(test, truth),
  norm,
});
