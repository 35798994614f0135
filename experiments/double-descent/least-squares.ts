import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Eigenvalues below this share of the greatest are rounding errors of the products. */
const cutoff = 1e-13;

/**
 * Pseudo-inverse of a symmetric matrix without negative eigenvalues.
 * @returns a function that applies it to [n, k].
 */
function pseudoInverse(gram: Matrix): (right: Matrix) => Matrix {
  const decomposition = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = decomposition;
  const greatest = Math.max(...values);
  const inverses = values.map((value) => (value > cutoff * greatest ? 1 / value : 0));
  return (right) => {
    const projected = vectors.transpose().mmul(right);
    return vectors.mmul(projected.mulColumnVector(inverses));
  };
}

/**
 * The least-squares solution of least norm, by the smaller of the two matrices of products, whose
 * condition is the square of the features'.
 * @param features [n, width]
 * @param targets [n, k]
 * @returns weights [width, k]: of all that minimise ‖features · weights − targets‖, those of least norm.
 */
export function solveLeastNorm(features: Matrix, targets: Matrix): Matrix {
  const turned = features.transpose();
  return features.columns < features.rows
    ? pseudoInverse(turned.mmul(features))(turned.mmul(targets))
    : turned.mmul(pseudoInverse(features.mmul(turned))(targets));
}
