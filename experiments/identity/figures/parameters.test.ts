import { expect, test } from "vitest";
import { plotParameters } from "./parameters.ts";
import { expectGolden } from "../../../test/plots/golden.ts";

const series = [
  {
    label: "FCN, width 784",
    points: [
      { layers: 1, weights: 614_656 },
      { layers: 2, weights: 1_229_312 },
      { layers: 8, weights: 4_917_248 },
    ],
  },
  {
    label: "CNN, 128 channels",
    points: [
      { layers: 1, weights: 25 },
      { layers: 2, weights: 6_400 },
      { layers: 20, weights: 7_379_200 },
    ],
  },
  {
    label: "CNN, 1,024 channels",
    points: [
      { layers: 1, weights: 25 },
      { layers: 2, weights: 51_200 },
      { layers: 8, weights: 157_337_600 },
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
  expect(plotParameters(series, "log", "narrow")).toContain("157,337,600 at 8 layers");
});
