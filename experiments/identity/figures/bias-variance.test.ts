import { expect, test } from "vitest";
import { plotBiasVariance } from "./bias-variance.ts";
import { expectGolden } from "../../../test/plots/golden.ts";

const data = {
  curve: [
    { degree: 0, biasSquared: 0.5, variance: 0.0125, total: 0.5125 },
    { degree: 1, biasSquared: 0.3, variance: 0.025, total: 0.325 },
    { degree: 2, biasSquared: 0.05, variance: 0.04, total: 0.09 },
    { degree: 3, biasSquared: 0.02, variance: 0.09, total: 0.11 },
    { degree: 4, biasSquared: 0.01, variance: 0.25, total: 0.26 },
  ],
  optimum: 2,
};

test("bias, variance and their sum", () => {
  expectGolden("bias-variance", plotBiasVariance(data), import.meta.url);
});

test("the optimum is named", () => {
  expect(plotBiasVariance(data, "narrow")).toContain("least total error: degree 2");
});
