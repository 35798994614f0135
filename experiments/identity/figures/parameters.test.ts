import { expect, test } from "vitest";
import { plotParameters } from "./parameters.ts";
import { expectGolden } from "../../../test/plots/golden.ts";

const series = [
  {
    label: "FCN, width 784",
    points: [
      { layers: 1, total: 615_440 },
      { layers: 2, total: 1_230_880 },
      { layers: 8, total: 4_923_520 },
    ],
  },
  {
    label: "CNN, 128 channels",
    points: [
      { layers: 1, total: 26 },
      { layers: 2, total: 6_529 },
      { layers: 20, total: 7_381_633 },
    ],
  },
  {
    label: "CNN, 1,024 channels",
    points: [
      { layers: 1, total: 26 },
      { layers: 2, total: 52_225 },
      { layers: 8, total: 157_344_769 },
    ],
  },
];

test("parameters on a linear axis", () => {
  expectGolden("parameters-linear", plotParameters(series, "linear"), import.meta.url);
});

test("parameters on a logarithmic axis", () => {
  expectGolden("parameters-log", plotParameters(series, "log"), import.meta.url);
});

test("exact counts are said to screen readers", () => {
  expect(plotParameters(series, "log", "narrow")).toContain("157,344,769 at 8 layers");
});
