import { split } from "#lab/random";
import type { Code, Out, Params } from "#lab/task";
import type { biasVariance } from "./tasks.ts";

/** The function behind the points, for x in [-1, 1]; every degree up to 5 still comes nearer to it. */
const truth = (x: number) => Math.sin(Math.PI * (x + 0.25));

const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** x of each of `points` ≥ 2 points, equally spaced from -1 to 1. */
export function gridPoints(points: number): number[] {
  return Array.from({ length: points }, (_, i) => -1 + (2 * i) / (points - 1));
}

/**
 * Polynomials of degree 0 … maxDegree at the points x, orthonormal there: a fit of degree d is the
 * projection on the first d + 1, and stays well conditioned where powers of x would not.
 * @returns maxDegree + 1 rows of x.length values.
 */
export function orthonormalPolynomials(x: number[], maxDegree: number): number[][] {
  const basis: number[][] = [];
  for (let degree = 0; degree <= maxDegree; degree++) {
    const previous = basis.at(-1);
    let row = x.map((value, i) => (previous ? value * previous[i]! : 1));
    for (let pass = 0; pass < 2; pass++) {
      // Gram–Schmidt once leaves rounding errors behind; twice is enough (Giraud et al., 2005)
      for (const other of basis) {
        const share = dot(row, other);
        row = row.map((value, i) => value - share * other[i]!);
      }
    }
    const length = Math.sqrt(dot(row, row));
    basis.push(row.map((value) => value / length));
  }
  return basis;
}

/**
 * Draws `trials` noisy training sets, fits every degree to each by least squares, and splits the
 * mean squared distance of the fits from the true function into squared bias and variance.
 */
export function estimateBiasVariance(task: Params<typeof biasVariance>): Out<typeof biasVariance> {
  const { maxDegree, points, noise, trials } = task;
  const x = gridPoints(points);
  const target = x.map(truth);
  const basis = orthonormalPolynomials(x, maxDegree);
  const random = split(task.seed, "noise");

  const sums = basis.map(() => new Float64Array(points));
  const errors = basis.map(() => 0); // summed squared distance from the truth, by degree
  for (let trial = 0; trial < trials; trial++) {
    const y = target.map((value) => value + noise * random.normal());
    const fit = new Float64Array(points);
    for (const [degree, polynomial] of basis.entries()) {
      const coefficient = dot(y, polynomial);
      for (let i = 0; i < points; i++) {
        fit[i]! += coefficient * polynomial[i]!;
        sums[degree]![i]! += fit[i]!;
        errors[degree]! += (fit[i]! - target[i]!) ** 2;
      }
    }
  }

  const curve = basis.map((_, degree) => {
    const distances = target.map((value, i) => (sums[degree]![i]! / trials - value) ** 2);
    const biasSquared = distances.reduce((sum, d) => sum + d, 0) / points;
    const total = errors[degree]! / trials / points;
    return { degree, biasSquared, variance: total - biasSquared, total };
  });
  const best = curve.reduce((least, entry) => (entry.total < least.total ? entry : least));
  return {
    curve: {
      degree: curve.map(({ degree }) => degree),
      biasSquared: curve.map(({ biasSquared }) => biasSquared),
      variance: curve.map(({ variance }) => variance),
      total: curve.map(({ total }) => total),
    },
    optimum: best.degree,
  };
}

const run: Code<typeof biasVariance> = async ({ params }) => estimateBiasVariance(params);

export default run;
