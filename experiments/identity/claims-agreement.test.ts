import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { agreement, transition } from "./figures/agreement.ts";
import { reachedOf, tellCrossing } from "./figures/transition.ts";
import { obstacle, reason } from "./test/shown.ts";

const read = (path: string): string =>
  readFileSync(new URL(path, import.meta.url), "utf8").replace(/\s+/g, " ");
const article = read("article.mdx");

const number = (text: string): number => Number(text.replace("−", "-"));

/** Differences that the article must discuss: network, measure, difference as written. */
function great(): [string, string, string][] {
  return agreement(["fcn-depth", "cnn-depth"]).rows.flatMap(({ label, rInput, rTrain }) =>
    Object.entries({ rInput, rTrain }).flatMap(([of, { published, ours, difference }]) =>
      Math.abs(number(ours) - number(published)) > 0.099
        ? [[label, of, difference] as [string, string, string]]
        : [],
    ),
  );
}

describe.skipIf(obstacle !== null)(
  `what the article says of the published figures${reason}`,
  () => {
    test("the published row that the training was tuned to meet is marked", () => {
      const tuned = agreement(["fcn-depth", "cnn-depth"]).rows.filter(({ tuned }) => tuned);
      expect(tuned.map(({ label }) => label)).toEqual(["convolutional, 20 layers"]);
    });

    test("every difference above 0.1 is discussed, with its number", () => {
      expect(great()).toEqual([
        ["fully connected, 1 layer, linear", "rTrain", "+0.14"],
        ["fully connected, 2 layers, ReLU", "rTrain", "+0.14"],
        ["fully connected, 6 layers, linear", "rTrain", "−0.19"],
        ["convolutional, 12 layers", "rInput", "−0.10"],
        ["convolutional, 14 layers", "rTrain", "+0.23"],
        ["convolutional, 15 layers", "rInput", "−0.12"],
        ["convolutional, 18 layers", "rTrain", "−0.18"],
        ["convolutional, 19 layers", "rTrain", "+0.44"],
      ]);
      expect(article).toContain("Eight differences are greater than 0.1.");
      for (const [label, , difference] of great()) expect(article, label).toContain(difference);
    });

    test("the tuned row is left out of the means", () => {
      const { rows, mean } = agreement(["fcn-depth", "cnn-depth"]);
      const counted = rows.filter(({ tuned }) => !tuned);
      expect(counted).toHaveLength(rows.length - 1);
      const expected =
        counted.reduce((sum, { rTrain }) => sum + Math.abs(number(rTrain.difference)), 0) /
        counted.length;
      expect(number(mean.rTrain)).toBeCloseTo(expected, 2);
    });

    test("the published order of six and two linear layers is turned round in ours", () => {
      const { rows } = agreement(["fcn-depth"]);
      const at = (layers: string) =>
        rows.find(({ label }) => label.includes(`${layers}, linear`))!.rTrain;
      const [two, six] = [at("2 layers"), at("6 layers")];
      expect([six.published, two.published, six.ours, two.ours]).toEqual([
        "0.48",
        "0.24",
        "0.29",
        "0.32",
      ]);
      expect(article).toContain(
        "layers (0.48) are above the two (0.24), ours (0.29) below them (0.32)",
      );
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
