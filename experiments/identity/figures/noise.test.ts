import { expect, test } from "vitest";
import { expectGolden } from "../../../test/plots/golden.ts";
import { plotNoise } from "./noise.ts";

const data = {
  points: [
    { picture: "blend of 7 and 2", kind: "blend", distance: 14, noise: 0.28 },
    { picture: "digit 1", kind: "digit", distance: 20, noise: 0.41 },
    { picture: "digit 0", kind: "digit", distance: 31, noise: 0.63 },
    { picture: "ankle boot", kind: "garment", distance: 42, noise: 0.88 },
    { picture: "gradient", kind: "pattern", distance: 55, noise: 1.12 },
  ],
  deviation: 0.0206,
};

test("noise against distance, with the predicted line", () => {
  expectGolden("noise", plotNoise(data), import.meta.url);
});

test("how far measured and predicted noise are apart is said to screen readers", () => {
  expect(plotNoise(data, "narrow")).toContain("measured are 0.971 to 1.02 times as much");
});

test("a kind without a picture is not named", () => {
  const digits = data.points.filter(({ kind }) => kind === "digit");
  const svg = plotNoise({ ...data, points: digits });
  expect(svg).toContain("○ 2 digits");
  expect(svg).not.toContain("garment");
});
