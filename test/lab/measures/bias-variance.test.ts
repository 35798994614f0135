import { describe, expect, test } from "vitest";
import study from "../../../experiments/bias-variance.ts";
import {
  estimateBiasVariance,
  gridPoints,
  orthonormalPolynomials,
} from "../../../src/lab/measures/bias-variance.ts";

const task = {
  task: "bias-variance" as const,
  maxDegree: 12,
  points: 20,
  noise: 0.5,
  trials: 2000,
  seed: 1,
};
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe("orthonormalPolynomials", () => {
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

describe("estimateBiasVariance", () => {
  const { curve, optimum } = estimateBiasVariance(task);

  test("agrees with the closed form of linear least squares", () => {
    const x = gridPoints(task.points);
    const y = x.map((v) => Math.sin(Math.PI * (v + 0.25)));
    const basis = orthonormalPolynomials(x, task.maxDegree);
    let missed = dot(y, y);
    for (const { degree, biasSquared, variance } of curve) {
      missed -= dot(y, basis[degree]!) ** 2;
      const exact = (task.noise ** 2 * (degree + 1)) / task.points;
      // relative error of a variance: sqrt(2 / (trials · parameters)); four of them
      const tolerance = 4 * Math.sqrt(2 / task.trials / (degree + 1));
      expect(Math.abs(variance / exact - 1)).toBeLessThan(tolerance);
      // the mean of the fits itself scatters: by variance / trials, and in proportion to the bias
      const scatter = 4 * Math.sqrt((missed / task.points) * (exact / task.trials));
      expect(Math.abs(biasSquared - missed / task.points)).toBeLessThan(
        scatter + (4 * exact) / task.trials,
      );
    }
  });

  test("has its optimum inside, with bias falling and variance rising around it", () => {
    expect(optimum).toBe(4);
    for (let degree = 1; degree <= task.maxDegree; degree++) {
      expect(curve[degree]!.variance).toBeGreaterThan(curve[degree - 1]!.variance);
      if (degree > 5) continue; // below the noise of the estimate from there
      expect(curve[degree]!.biasSquared).toBeLessThan(curve[degree - 1]!.biasSquared);
    }
  });

  test("repeats itself", () => {
    expect(estimateBiasVariance(task).curve).toEqual(curve);
  });

  test("finds the same optimum for the declared study", () => {
    const spec = study.runs[0]!.spec;
    if (spec.task !== "bias-variance") throw new Error("not a bias-variance study");
    expect(estimateBiasVariance(spec).optimum).toBe(optimum);
  });

  test("refuses more coefficients than points", () => {
    expect(() => estimateBiasVariance({ ...task, points: 12 })).toThrow(
      "12 points cannot decide a polynomial of degree 12",
    );
  });
});
