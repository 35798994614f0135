import { Matrix, pseudoInverse } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { split } from "#lab/random";
import { solveLeastNorm } from "../least-squares.ts";

function normal(rows: number, columns: number, name: string): Matrix {
  const random = split(1, name);
  return Matrix.zeros(rows, columns).apply(function (this: Matrix, i, j) {
    this.set(i, j, random.normal());
  });
}

const largest = (matrix: Matrix): number =>
  Math.max(...matrix.to1DArray().map((entry) => Math.abs(entry)));

/** Fewer columns than rows, as many, more, and one that depends on others in both. */
const shapes = [
  ["12 × 5", normal(12, 5, "tall")],
  ["9 × 9", normal(9, 9, "square")],
  ["6 × 20", normal(6, 20, "wide")],
  ["12 × 5 of rank 3", normal(12, 3, "left").mmul(normal(3, 5, "right"))],
  ["6 × 20 of rank 4", normal(6, 4, "left").mmul(normal(4, 20, "right"))],
] as const;

describe.each(shapes)("least squares with features of %s", (_, features) => {
  const targets = normal(features.rows, 3, "targets");
  const weights = solveLeastNorm(features, targets);
  const inverse = pseudoInverse(features); // by singular values of the features themselves

  test("is the pseudo-inverse applied to the targets", () => {
    expect(largest(Matrix.sub(weights, inverse.mmul(targets)))).toBeLessThan(1e-9);
  });

  test("leaves errors that no feature correlates with", () => {
    const errors = Matrix.sub(features.mmul(weights), targets);
    expect(largest(features.transpose().mmul(errors))).toBeLessThan(1e-9);
  });

  test("has the least norm of all solutions", () => {
    const any = normal(features.columns, 3, "any");
    const hidden = Matrix.sub(any, inverse.mmul(features).mmul(any));
    expect(largest(features.mmul(hidden))).toBeLessThan(1e-9); // what features do not see
    const products = Matrix.mul(weights, hidden).sum();
    expect(Math.abs(products)).toBeLessThan(1e-9);
  });
});

test("as many features as examples or more fit any targets", () => {
  for (const width of [30, 31, 60]) {
    const features = normal(30, width, "features");
    const targets = normal(30, 10, "targets");
    const fitted = features.mmul(solveLeastNorm(features, targets));
    expect(largest(Matrix.sub(fitted, targets))).toBeLessThan(1e-6);
  }
  const few = normal(30, 29, "features");
  const targets = normal(30, 10, "targets");
  const errors = Matrix.sub(few.mmul(solveLeastNorm(few, targets)), targets);
  expect(largest(errors)).toBeGreaterThan(1e-2);
});

test.each([
  [
    4,
    2,
    [
      [0.12781505, -0.72128876],
      [0.29271958, 0.81186667],
    ],
  ],
  [
    2,
    4,
    [
      [-0.0265158, -0.27046557],
      [0.4244004, 0.03688989],
      [0.6657471, 0.47935656],
      [-0.52758129, -0.12849986],
    ],
  ],
])("%s × %s: the numbers of another library", (n, width, expected) => {
  // numpy: X = np.array([[np.sin(1+i*w+j*(j+1)/3) for j in range(w)] for i in range(n)])
  //        np.linalg.pinv(X) @ np.array([[float(i==0), 0.5*i] for i in range(n)])
  const features = new Matrix(
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: width }, (_, j) => Math.sin(1 + i * width + (j * (j + 1)) / 3)),
    ),
  );
  const targets = new Matrix(Array.from({ length: n }, (_, i) => [i === 0 ? 1 : 0, 0.5 * i]));
  const weights = solveLeastNorm(features, targets);
  expect(largest(Matrix.sub(weights, new Matrix(expected)))).toBeLessThan(1e-7); // digits printed
});
