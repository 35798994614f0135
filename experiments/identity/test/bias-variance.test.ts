import { describe, expect, test } from "vitest";
import { estimateBiasVariance, gridPoints, orthonormalPolynomials } from "../bias-variance.ts";
import study from "../study.ts";
import { biasVariance } from "../tasks.ts";

const [row] = study("default").tables["bias-variance"].rows;
const params = biasVariance.params.parse(row!.params);
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe("orthonormal polynomials", () => {
  const x = gridPoints(20);
  const basis = orthonormalPolynomials(x, 12);

  test("are orthonormal on the grid", () => {
    for (const [i, a] of basis.entries()) {
      for (const [j, b] of basis.entries()) expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 13);
    }
  });

  test("span the powers of x up to their degree and no further", () => {
    const cubic = x.map((v) => 2 - v + 4 * v ** 3);
    const norm = dot(cubic, cubic);
    const captured = (degree: number) =>
      basis.slice(0, degree + 1).reduce((sum, q) => sum + dot(cubic, q) ** 2, 0);
    expect(captured(3)).toBeCloseTo(norm, 10);
    expect(captured(2)).toBeLessThan(0.99 * norm);
  });
});

describe("bias and variance of the declared study", () => {
  const { curve, optimum } = estimateBiasVariance(params);

  test("agree with the closed form of linear least squares", () => {
    const x = gridPoints(params.points);
    const y = x.map((v) => Math.sin(Math.PI * (v + 0.25)));
    const basis = orthonormalPolynomials(x, params.maxDegree);
    let missed = dot(y, y);
    for (const degree of curve.degree) {
      const [biasSquared, variance] = [curve.biasSquared[degree]!, curve.variance[degree]!];
      missed -= dot(y, basis[degree]!) ** 2;
      const exact = (params.noise ** 2 * (degree + 1)) / params.points;
      // relative error of a variance: sqrt(2 / (trials · parameters)); four of them
      const tolerance = 4 * Math.sqrt(2 / params.trials / (degree + 1));
      expect(Math.abs(variance / exact - 1)).toBeLessThan(tolerance);
      // the mean of the fits itself scatters: by variance / trials, and in proportion to the bias
      const scatter = 4 * Math.sqrt((missed / params.points) * (exact / params.trials));
      expect(Math.abs(biasSquared - missed / params.points)).toBeLessThan(
        scatter + (4 * exact) / params.trials,
      );
    }
  });

  test("have their optimum inside, with bias falling and variance rising around it", () => {
    expect(optimum).toBe(4);
    for (let degree = 1; degree <= params.maxDegree; degree++) {
      expect(curve.variance[degree]).toBeGreaterThan(curve.variance[degree - 1]!);
      if (degree > 5) continue; // below the noise of the estimate from there
      expect(curve.biasSquared[degree]).toBeLessThan(curve.biasSquared[degree - 1]!);
    }
  });

  test("repeat themselves", () => {
    expect(estimateBiasVariance(params).curve).toEqual(curve);
  });
});

test("more coefficients than points are refused", () => {
  const { error } = biasVariance.params.safeParse({ ...params, points: 12 });
  expect(error!.issues).toMatchObject([
    { path: ["points"], message: expect.stringMatching(/maxDegree \+ 1/) },
  ]);
});
