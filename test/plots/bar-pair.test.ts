import { expect, test } from "vitest";
import { plotBarPair } from "../../src/plots/bar-pair.ts";
import { expectGolden } from "./golden.ts";

test("two bars on their tracks", () => {
  expectGolden("bar-pair", plotBarPair({ rInput: 0.82, rTrain: 0.17 }));
});

test("a negative or undefined correlation has no bar but is said", () => {
  const svg = plotBarPair({ rInput: -0.2, rTrain: null });
  expect(svg.match(/width="0"/g)).toHaveLength(2);
  expect(svg).toContain('aria-label="r identity -0.20, r constant undefined"');
});
