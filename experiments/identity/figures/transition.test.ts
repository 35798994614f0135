import { expect, test } from "vitest";
import { findCrossing, plotTransition, type TransitionData } from "./transition.ts";
import { expectGolden } from "../../../test/plots/golden.ts";

const data: TransitionData = {
  ours: [
    { layers: 1, rInput: 1, rTrain: 0.19, converged: true },
    { layers: 7, rInput: 0.8, rTrain: 0.16, converged: true },
    { layers: 14, rInput: 0.45, rTrain: 0.12, converged: true },
    { layers: 20, rInput: 0.2, rTrain: 0.97, converged: true },
  ],
  published: [
    { layers: 1, rInput: 0.99, rTrain: 0.19 },
    { layers: 12, rInput: 0.66, rTrain: 0.14 },
    { layers: 18, rInput: 0.2, rTrain: 0.41 },
    { layers: 19, rInput: 0.26, rTrain: 0.52 },
    { layers: 20, rInput: 0.2, rTrain: 0.98 },
  ],
  others: [
    { layers: 1, repeats: [{ rInput: 1, rTrain: 0.19 }] },
    {
      layers: 14,
      repeats: [
        { rInput: 0.36, rTrain: 0.3 },
        { rInput: 0.52, rTrain: 0.12 },
      ],
    },
  ],
  baseline: 0.19,
};

test("the transition on a page", () => {
  expectGolden("transition", plotTransition(data), import.meta.url);
});

test("the transition on a phone says the same to screen readers", () => {
  const spoken = (svg: string) => /aria-label="([^"]+)"/.exec(svg)?.[1];
  expect(spoken(plotTransition(data, "narrow"))).toBe(spoken(plotTransition(data, "wide")));
  expect(spoken(plotTransition(data))).toContain("at 20 layers 0.20 with the input and 0.97");
  expect(spoken(plotTransition(data))).toContain("The two cross between 14 and 20 layers.");
  expect(spoken(plotTransition(data))).toContain("5 depths cross between 12 and 18 layers.");
});

test("curves cross where the training picture takes over for good", () => {
  const lead = (layers: number, rInput: number | null) => ({ layers, rInput, rTrain: 0.5 });
  expect(findCrossing([lead(1, 1), lead(5, 0.4), lead(7, 0.6), lead(9, 0.1)])).toEqual([7, 9]);
  expect(findCrossing([lead(1, 1), lead(5, null), lead(9, 0.1)])).toEqual([1, 9]);
  expect(findCrossing([lead(1, 1), lead(9, 0.6)])).toBeNull();
});

test("a depth that did not converge is crossed out, in words too", () => {
  const ours = data.ours.map((point) => ({ ...point, converged: point.layers !== 14 }));
  const svg = plotTransition({ ...data, ours });
  expect(svg).toContain("Not converged: 14 layers.");
  expect(svg).toContain("× not converged");
  expectGolden("transition-unconverged", svg, import.meta.url);
});

test("a depth without a correlation leaves a gap, not a zero", () => {
  const ours = [{ layers: 20, rInput: null, rTrain: null, converged: true }];
  const svg = plotTransition({ ours, others: [], published: [], baseline: null });
  expect(svg).not.toContain("<circle");
});
