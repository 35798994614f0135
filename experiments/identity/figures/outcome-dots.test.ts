import { expect, test } from "vitest";
import { expectGolden } from "../../../test/plots/golden.ts";
import { type OutcomePoint, plotOutcomes } from "./outcome-dots.ts";

const point = (
  layers: number,
  row: string,
  rInput: number | null,
  rTrain: number | null,
  more: Partial<OutcomePoint> = {},
): OutcomePoint => ({
  panel: `${layers} layers`,
  row,
  rInput,
  rTrain,
  converged: true,
  recorded: layers === 20,
  ...more,
});

const points = [
  point(7, "as shown", 0.75, 0.18),
  point(7, "as shown", 0.77, 0.17),
  point(7, "no biases", 0.9, 0.2),
  point(20, "as shown", 0.19, 0.98),
  point(20, "Adam", 0.8, 0.2),
  point(20, "momentum", 0.34, -0.31, { converged: false }),
  point(20, "no biases", 0.6, null),
  point(20, "circular padding", null, null, { converged: false }),
];
const options = { label: "What decides.", reference: "as shown" };

test("outcomes of changes, on a page and on a phone", () => {
  expectGolden("outcome-dots", plotOutcomes(points, options), import.meta.url);
  const narrow = plotOutcomes(points, { ...options, size: "narrow" });
  expectGolden("outcome-dots-narrow", narrow, import.meta.url);
});

test("means over repeats and what did not converge are said to screen readers", () => {
  const svg = plotOutcomes(points, options);
  const spoken = /aria-label="([^"]+)"/.exec(svg)?.[1];
  expect(spoken).toContain("7 layers: as shown 0.76 and 0.17");
  expect(spoken).toContain("momentum, not converged");
  expect(spoken).toContain("no biases 0.60 and undefined");
  expect(svg).toContain("× not converged");
  expect(svg).toContain("○ ◇ recorded");
});
