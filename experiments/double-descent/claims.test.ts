import { describe, expect, test } from "vitest";
import { groupOver } from "#site/aggregate";
import { results, type RowView, runsBehind, siteIndex } from "#site/results";
import type { TableId } from "#site/studies";
import { spreadOf } from "./figures/spread.ts";

const study = "double-descent";

/** Why the results at hand cannot bear what the article says of them; null where they can. */
function findObstacle(): string | null {
  try {
    const { profile, studies } = siteIndex();
    if (!studies.some(({ id }) => id === study)) return "the study has no results";
    if (profile === "quick") return "results of a first look";
  } catch {
    return "nothing has been published";
  }
  const rows = [...results(study, "features"), ...results(study, "networks")];
  if (rows.some(({ status }) => status !== "done")) return "runs are missing";
  const read = rows.flatMap(runsBehind).flatMap(({ run }) => Object.values(run.record!.inputs));
  const isDrawn = read.some(
    (input) => "description" in input && input.description.startsWith("drawn"),
  );
  return isDrawn ? "the pictures are drawn stand-ins" : null;
}

const obstacle = findObstacle();
const reason = obstacle === null ? "" : ` (skipped: ${obstacle})`;

const numberOf = ({ out }: RowView, output: string): number => Number(out[output]!.value);

/** Means over seeds by width. */
function curve(table: TableId<typeof study>, noise: string, output: string): Map<number, number> {
  const groups = groupOver(results(study, table, { noise }));
  return new Map(
    groups.map(({ rows }) => {
      const width = rows[0]!.at.find(({ axis }) => axis === "width")!.value as number;
      return [width, rows.reduce((sum, row) => sum + numberOf(row, output), 0) / rows.length];
    }),
  );
}

/** The width at which a curve is least, or greatest. */
const argmin = (curve: Map<number, number>): number =>
  [...curve].reduce((best, entry) => (entry[1] < best[1] ? entry : best))[0];
const argmax = (curve: Map<number, number>): number =>
  argmin(new Map([...curve].map(([width, value]) => [width, -value])));
const below = (curve: Map<number, number>, width: number) =>
  new Map([...curve].filter(([w]) => w < width));

const above = (curve: Map<number, number>, width: number) =>
  new Map([...curve].filter(([w]) => w > width));

describe.skipIf(obstacle !== null)(`random features${reason}`, () => {
  const right = () => curve("features", "true labels", "testError");
  const noisy = () => curve("features", "20 % wrong labels", "testError");

  test("with true labels: a U with its bottom at 200, a peak at 500, and less than the bottom at 4,000", () => {
    expect(argmin(below(right(), 500))).toBe(200);
    expect(argmax(right())).toBe(500);
    expect(right().get(500)).toBeGreaterThan(0.8);
    expect(argmin(right())).toBe(4000);
    expect(right().get(4000)).toBeLessThan(right().get(200)!);
  });

  test("at the threshold one seed makes the mean norm, so that the median is told", () => {
    const [norm, far] = [500, 4000].map((width) =>
      spreadOf(`features/noise=true-labels/width=${width}/norm`)!,
    );
    expect(norm!.n).toBe(5);
    expect(norm!.greatest).toBeGreaterThan(5 * norm!.median);
    expect(norm!.least).toBeGreaterThan(10 * far!.greatest);
  });

  test("with wrong labels: the bottom at 100 is not reached again", () => {
    expect(argmin(noisy())).toBe(100);
    expect(argmax(noisy())).toBe(500);
    expect(noisy().get(4000)).toBeGreaterThan(noisy().get(100)!);
  });

  test("the norm peaks at the threshold, from which on every example is fitted", () => {
    for (const noise of ["true labels", "20 % wrong labels"]) {
      expect(argmax(curve("features", noise, "norm"))).toBe(500);
      const fitted = results(study, "features", { noise }).filter(
        (row) => numberOf(row, "ratio") >= 1,
      );
      for (const row of fitted) expect(numberOf(row, "trainLoss")).toBeLessThan(1e-6);
    }
  });
});

describe.skipIf(obstacle !== null)(`networks${reason}`, () => {
  const threshold = 84;
  const right = () => curve("networks", "true labels", "testError");
  const noisy = () => curve("networks", "20 % wrong labels", "testError");

  test("with wrong labels: a bottom at 16 units, a peak a little past the threshold, a second descent", () => {
    expect(argmin(below(noisy(), threshold))).toBe(16);
    expect(argmax(above(noisy(), 16))).toBeGreaterThan(83);
    expect(argmax(above(noisy(), 16))).toBeLessThan(128);
    expect(noisy().get(112)).toBeGreaterThan(1.5 * noisy().get(16)!);
    expect(noisy().get(1024)).toBeLessThan(0.7 * noisy().get(112)!);
    expect(argmin(above(noisy(), 83))).toBe(1024);
  });

  test("with true labels: a hint of a hill, since ranges overlap, and much less beyond it", () => {
    const at = (width: number) => spreadOf(`networks/noise=true-labels/width=${width}/testError`)!;
    const [start, top, end] = [16, 64, 1024].map((width) => right().get(width)!);
    expect(argmax(above(right(), 16))).toBe(64);
    expect(top).toBeGreaterThan(start!);
    expect(at(64).median).toBeGreaterThan(at(16).median);
    expect(at(64).least).toBeLessThan(at(16).greatest);
    expect(start! - end!).toBeGreaterThan(top! - start!);
  });

  test("1,024 units know every wrong label", () => {
    const rows = results(study, "networks", { noise: "20 % wrong labels", width: 1024 });
    for (const row of rows) expect(numberOf(row, "trainError")).toBe(0);
  });

  test("those of 112 units and more, with wrong labels of 192 and more, reach the training error", () => {
    const reached = (noise: string) =>
      [...curve("networks", noise, "converged")].flatMap(([width, share]) =>
        share === 1 ? [width] : [],
      );
    const notReached = (noise: string) =>
      [...curve("networks", noise, "converged")].flatMap(([width, share]) =>
        share === 0 ? [width] : [],
      );
    expect(Math.min(...reached("true labels"))).toBe(112);
    expect(Math.max(...notReached("true labels"))).toBe(96);
    expect(Math.min(...reached("20 % wrong labels"))).toBe(192);
    expect(Math.max(...notReached("20 % wrong labels"))).toBe(128);
  });

  test("the norm is largest before the threshold, falls beyond it, and rises for the widest", () => {
    for (const noise of ["true labels", "20 % wrong labels"]) {
      const norm = curve("networks", noise, "norm");
      expect(argmax(norm)).toBeLessThan(threshold);
      const least = argmin(above(norm, threshold));
      expect(least).toBeLessThan(1024);
      expect(norm.get(least)).toBeLessThan(0.7 * norm.get(argmax(norm))!);
    }
  });
});
