import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { countParameters } from "#lab/networks/network";
import { parseBibliography } from "#site/citations";
import { reproduction } from "./convergence.ts";
import {
  measuresOf,
  type Network,
  networks,
  picturesOf,
  type PredictionTable,
} from "./figures/runs.ts";
import { createNetwork } from "./networks.ts";
import { cnn as declareCnn, fcn as declareFcn, Model } from "./parameters.ts";
import { converged, obstacle, reason } from "./test/shown.ts";

const article = readFileSync(new URL("article.mdx", import.meta.url), "utf8").replace(/\s+/g, " ");

/** Parameters without biases, as the article counts them. */
const weights = (model: Model): number =>
  countParameters(createNetwork({ ...model, biases: false })).total;

const cnn = (layers: number, channels = 128) => Model.parse(declareCnn(layers, { channels }));
const fcn = (layers: number) => Model.parse(declareFcn(layers, "linear", 784));

test.each([
  ["78,694,400", cnn(5, 1024)],
  ["3,687,936", fcn(6)],
  ["2,873,600", cnn(9)],
  ["3,692,800", cnn(11)],
  ["7,379,200", cnn(20)],
  ["51,200", cnn(2, 1024)],
  ["26,265,600", cnn(3, 1024)],
  ["52,480,000", cnn(4, 1024)],
])("the article's %s is what the networks count", (number, model) => {
  expect(article).toContain(number);
  expect(weights(model).toLocaleString("en-US")).toBe(number);
});

test("the article says what counts as converged", () => {
  const { leastR, mostUnexplained } = reproduction;
  expect(article).toContain(
    `correlation of at least ${leastR} and leaves less than ${Math.round(100 * mostUnexplained)} % of the variance`,
  );
});

test("every work that is cited can be found on the web", () => {
  const works = parseBibliography(readFileSync(new URL("references.bib", import.meta.url), "utf8"));
  expect(works.size).toBeGreaterThan(8);
  for (const { key, html } of works.values()) expect(html, key).toMatch(/<a href="https?:/);
});

const mean = (table: PredictionTable, slug: string) => converged(table, slug).mean!;

type Outcome = "rInput" | "rTrain" | "gain";

/** One measure of each test, by its name. */
const tested = ({ row }: Network, of: Outcome): Map<string, number> =>
  new Map(
    picturesOf(row)
      .map((name, i) => [name, measuresOf(row)[i]![of]!] as const)
      .slice(1),
  );

const average = (numbers: Iterable<number>): number => {
  const all = [...numbers];
  return all.reduce((sum, number) => sum + number, 0) / all.length;
};

const depths = (): number[] =>
  networks("cnn-depth").map(
    ({ row }) => row.at.find(({ axis }) => axis === "layers")!.value as number,
  );
const fullyConnected = (): string[] => networks("fcn-depth").map(({ row }) => row.at[0]!.slug);

/** The pictures that both families see. */
const patterns = [
  ...["small square", "thin stripes", "wide stripes", "gradient", "dot grid"],
  ...["disc with crescent", "ellipse"],
];
const onPatterns = (table: PredictionTable, slug: string | number): number => {
  const measured = tested(converged(table, slug), "rInput");
  return average(patterns.map((name) => measured.get(name)!));
};

describe.skipIf(obstacle !== null)(
  `what the article says of fully connected networks${reason}`,
  () => {
    test("one linear layer answers with noise", () => {
      const { rInput, rTrain } = mean("fcn-depth", "1-layer-linear");
      expect(rInput).toBeLessThan(0.3);
      expect(rTrain).toBeLessThan(0.3);
    });

    test("the 7 stands out more with two layers, more clearly with ReLU", () => {
      const [one, two, relu] = ["1-layer-linear", "2-layers-linear", "2-layers-relu"].map(
        (slug) => mean("fcn-depth", slug).rTrain!,
      );
      expect(two).toBeGreaterThan(one!);
      expect(relu).toBeGreaterThan(two!);
    });

    test("six ReLU layers draw the 7 for every test, in brightness that differs", () => {
      const network = converged("fcn-depth", "6-layers-relu");
      for (const [name, r] of tested(network, "rTrain")) expect(r, name).toBeGreaterThan(0.99);
      const gains = [...tested(network, "gain")].sort(([, a], [, b]) => a - b);
      expect(gains.at(0)![0]).toBe("dot grid");
      expect(gains.at(-1)![0]).toBe("ellipse");
      expect(gains.at(-1)![1]).toBeGreaterThan(2 * gains.at(0)![1]);
    });

    test("six linear layers draw the 7 bright in seven tests, dark in four, and once hardly at all", () => {
      const constants = [...tested(converged("fcn-depth", "6-layers-linear"), "rTrain")];
      const dark = constants.filter(([, r]) => r < -0.8).map(([name]) => name);
      expect(dark).toEqual(["thin stripes", "wide stripes", "gradient", "disc with crescent"]);
      expect(constants.filter(([, r]) => r > 0.9)).toHaveLength(7);
      const rest = constants.filter(([, r]) => Math.abs(r) < 0.8).map(([name]) => name);
      expect(rest).toEqual(["dot grid"]);
      const gains = tested(converged("fcn-depth", "6-layers-linear"), "gain");
      expect(Math.abs(gains.get("dot grid")!)).toBeLessThan(0.04);
      const greatest = constants.reduce((a, b) => (b[1] > a[1] ? b : a));
      expect(greatest[1].toFixed(2)).toBe(new Map(constants).get("blend of 7 and 2")!.toFixed(2));
    });

    test("digits fare better than patterns in every row, and none copies them", () => {
      for (const slug of fullyConnected()) {
        const identity = tested(converged("fcn-depth", slug), "rInput");
        const digits = ["digit 1", "digit 0"].map((name) => identity.get(name)!);
        expect(average(digits), slug).toBeGreaterThan(onPatterns("fcn-depth", slug));
        expect(Math.max(...digits), slug).toBeLessThan(0.5);
      }
    });

    test("no depth copies, and more layers give back no less than one", () => {
      const [one, ...more] = fullyConnected().map((slug) => mean("fcn-depth", slug).rInput!);
      expect(Math.min(...more)).toBe(mean("fcn-depth", "2-layers-linear").rInput);
      expect(Math.max(...more)).toBe(mean("fcn-depth", "6-layers-relu").rInput);
      expect(one).toBeLessThan(Math.min(...more));
      expect(Math.max(...more)).toBeLessThan(0.25);
    });
  },
);

describe.skipIf(obstacle !== null)(
  `what the article says of convolutional networks${reason}`,
  () => {
    test.each(["1", "3", "5"])("%s convolutions copy", (layers) => {
      expect(mean("cnn-depth", layers).rInput).toBeGreaterThan(0.9);
    });

    test("one convolution copies nearly perfectly", () => {
      expect(mean("cnn-depth", "1").rInput).toBeGreaterThan(0.98);
    });

    test("up to 15 layers each gives back less than the one before, and 16 more than 15", () => {
      const identity = depths().map((layers) => mean("cnn-depth", `${layers}`).rInput!);
      const at = (layers: number) => identity[depths().indexOf(layers)]!;
      for (const [i, layers] of depths().entries()) {
        if (i > 0 && layers <= 15) expect(identity[i], `${layers}`).toBeLessThan(identity[i - 1]!);
      }
      expect(at(16)).toBeGreaterThan(at(15));
    });

    test("at 14 layers wide stripes come out reversed, and ellipse and sneaker ahead of the digits", () => {
      const identity = tested(converged("cnn-depth", "14"), "rInput");
      expect(identity.get("wide stripes")).toBeLessThan(-0.2);
      const digits = ["digit 4", "digit 9"].map((name) => identity.get(name)!);
      for (const name of ["ellipse", "sneaker"]) {
        expect(identity.get(name), name).toBeGreaterThan(Math.max(...digits));
      }
    });

    test("thin stripes are lost first, the grid of dots next", () => {
      const lost = (name: string): number =>
        depths().find(
          (layers) => tested(converged("cnn-depth", `${layers}`), "rInput").get(name)! < 0.3,
        ) ?? Infinity;
      expect(lost("thin stripes")).toBe(7);
      expect(lost("dot grid")).toBe(9);
      const others = picturesOf(converged("cnn-depth", "1").row)
        .slice(1)
        .filter((name) => !["thin stripes", "dot grid"].includes(name));
      for (const name of others) expect(lost(name), name).toBeGreaterThan(12);
    });

    test("19 and 20 layers draw the 7 for all twelve tests, and no others do", () => {
      for (const layers of ["19", "20"]) {
        const constants = tested(converged("cnn-depth", layers), "rTrain");
        expect(constants.size).toBe(12);
        for (const [name, r] of constants) expect(r, name).toBeGreaterThan(0.9);
      }
      for (const layers of depths().filter((layers) => layers < 19)) {
        expect(mean("cnn-depth", `${layers}`).rTrain, `${layers}`).toBeLessThan(0.4);
      }
    });

    test("on the patterns that both families see, convolutions give back more up to 18 layers", () => {
      for (const slug of fullyConnected())
        expect(onPatterns("fcn-depth", slug), slug).toBeLessThan(0.1);
      const told = [1, 7, 18].map((layers) => onPatterns("cnn-depth", layers).toFixed(2));
      expect(article).toContain(
        `${told[0]} with one layer, ${told[1]} with seven and ${told[2]} with 18`,
      );
      for (const layers of depths()) {
        const isAbove = onPatterns("cnn-depth", layers) > 0.1;
        expect(isAbove, `${layers}`).toBe(layers < 19);
      }
    });

    test("the 7 of 20 layers is the least well reproduced", () => {
      const reproduced = depths().map((layers) => {
        const { row } = converged("cnn-depth", `${layers}`);
        return row.out.training!.value;
      });
      const last = reproduced.at(-1)!;
      expect(Math.max(...reproduced.map(({ mse }) => mse))).toBe(last.mse);
      expect(Math.min(...reproduced.map(({ r }) => r!))).toBe(last.r);
    });
  },
);
