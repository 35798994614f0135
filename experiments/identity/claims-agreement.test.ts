import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  compared,
  type ComparedTable,
  differenceOf,
  meanDifference,
  tellCompared,
  transition,
} from "./figures/agreement.ts";
import { sharesOf } from "./figures/shares.ts";
import { reachedOf, tellCrossing } from "./figures/transition.ts";
import { oneLayerShares } from "./published.ts";
import { obstacle, reason } from "./test/shown.ts";

const read = (path: string): string =>
  readFileSync(new URL(path, import.meta.url), "utf8").replace(/\s+/g, " ");
const article = read("article.mdx");

/** Differences that the article must discuss: network, measure, difference as written. */
const great = (tables: readonly ComparedTable[]): [string, string, string][] =>
  tables
    .flatMap(compared)
    .flatMap((pair) =>
      (["rInput", "rTrain"] as const).flatMap((of): [string, string, string][] =>
        Math.abs(differenceOf(pair, of)!) > 0.095
          ? [[pair.label, of, tellCompared(pair, of).difference]]
          : [],
      ),
    );

describe.skipIf(obstacle !== null)(
  `what the article says of the published figures${reason}`,
  () => {
    test("the published row that the training was tuned to meet is marked, and left out of the means", () => {
      const rows = compared("cnn-depth");
      expect(rows.filter(({ tuned }) => tuned).map(({ label }) => label)).toEqual([
        "convolutional, 20 layers",
      ]);
      const free = rows.filter(({ tuned }) => !tuned);
      expect(meanDifference(rows, "rTrain")).toBe(meanDifference(free, "rTrain"));
    });

    test("every difference of 0.1 and more is discussed, with its number", () => {
      expect(great(["fcn-depth", "cnn-depth"])).toEqual([
        ["fully connected, 1 layer, linear", "rTrain", "+0.14"],
        ["fully connected, 2 layers, ReLU", "rTrain", "+0.23"],
        ["fully connected, 6 layers, linear", "rTrain", "−0.17"],
        ["convolutional, 14 layers", "rTrain", "+0.13"],
        ["convolutional, 15 layers", "rInput", "−0.10"],
        ["convolutional, 18 layers", "rTrain", "−0.16"],
        ["convolutional, 19 layers", "rTrain", "+0.44"],
      ]);
      expect(article).toContain("Seven differences between the networks");
      for (const [label, , difference] of great(["fcn-depth", "cnn-depth"])) {
        expect(article, label).toContain(difference);
      }
    });

    test("in grey levels all ten means of the fully connected rows are met", () => {
      expect(compared("fcn-grey")).toHaveLength(5);
      expect(great(["fcn-grey"])).toEqual([]);
      for (const of of ["rInput", "rTrain"] as const) {
        const [grey, shown] = (["fcn-grey", "fcn-depth"] as const).map((table) =>
          meanDifference(compared(table), of),
        );
        expect(grey, of).toBeLessThan(shown! / 2);
      }
    });

    test("the shares of dark pixels are those of the published row in grey levels only", () => {
      const [grey, shown] = (["fcn-grey", "fcn-depth"] as const).map((table) => sharesOf(table)!);
      oneLayerShares.forEach(({ share }, i) => {
        expect(Math.abs(grey![i]! - share)).toBeLessThan(0.04);
      });
      expect(shown![1]! - oneLayerShares[1]!.share).toBeGreaterThan(0.1);
    });

    test("ours cross between 18 and 19 layers in one step, the published ones earlier and by steps", () => {
      const { ours, published } = transition("cnn-depth");
      expect(tellCrossing(reachedOf(ours))).toBe("between 18 and 19 layers");
      expect(tellCrossing(published)).toBe("between 16 and 18 layers");
      const steps = published.slice(-3).map(({ rTrain }) => rTrain!.toFixed(2));
      expect(read("figures/transition.mdx")).toContain(
        `climbs by steps, ${steps[0]}, ${steps[1]} and ${steps[2]} at 18, 19 and 20 layers`,
      );
    });
  },
);
