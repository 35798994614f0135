import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { countParameters } from "#lab/networks/network";
import { parseBibliography } from "#site/citations";
import { results, siteIndex } from "#site/results";
import { reproduction } from "./convergence.ts";
import { factsOf } from "./figures/facts.ts";
import {
  measuresOf,
  type Network,
  type NetworkRow,
  networks,
  picturesOf,
  type PredictionTable,
} from "./figures/runs.ts";
import { createNetwork } from "./networks.ts";
import { cnn as declareCnn, fcn as declareFcn, Model } from "./parameters.ts";

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
  const { leastR, mostMse } = reproduction;
  expect(article).toContain(
    `correlation of at least ${leastR} and a mean squared error below ${mostMse}`,
  );
});

test("every work that is cited can be found on the web", () => {
  const works = parseBibliography(readFileSync(new URL("references.bib", import.meta.url), "utf8"));
  expect(works.size).toBeGreaterThan(8);
  for (const { key, html } of works.values()) expect(html, key).toMatch(/<a href="https?:/);
});

/** Why the results at hand cannot bear what the text says of them; null where they can. */
function findObstacle(): string | null {
  try {
    const { profile, studies } = siteIndex();
    if (!studies.some(({ id }) => id === "identity")) return "the study has no results";
    if (profile !== "default") return `results of the profile ${profile}`;
  } catch {
    return "nothing has been published";
  }
  const drawn = factsOf(["fcn-depth", "cnn-depth"]).find((fact) => fact.startsWith("drawn"));
  return drawn ?? null;
}

const obstacle = findObstacle();
const reason = obstacle === null ? "" : ` (skipped: ${obstacle})`;

/** The network at a coordinate, which must give back its training picture to count. */
function converged(table: PredictionTable, slug: string): Network {
  const network = networks(table).find(({ row }) => row.at.some((c) => c.slug === slug));
  expect(network?.converged, `${table}/${slug} reproduces its training picture`).toBe(true);
  return network!;
}
const mean = (table: PredictionTable, slug: string) => converged(table, slug).mean!;

/** r constant of each test, by its name. */
const constants = ({ row }: Network): [string, number | null][] =>
  picturesOf(row).map((name, i) => [name, measuresOf(row)[i]!.rTrain]);

describe.skipIf(obstacle !== null)(`what the article says of the networks${reason}`, () => {
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

  test("six ReLU layers draw the 7 whatever is shown", () => {
    for (const [name, r] of constants(converged("fcn-depth", "6-layers-relu"))) {
      expect(r, name).toBeGreaterThan(0.95);
    }
  });

  test.each(["1", "3", "5"])("%s convolutions copy", (layers) => {
    expect(mean("cnn-depth", layers).rInput).toBeGreaterThan(0.85);
  });

  test("one convolution copies nearly perfectly", () => {
    expect(mean("cnn-depth", "1").rInput).toBeGreaterThan(0.98);
  });

  test("fourteen layers lie between copying and the constant", () => {
    const { rInput, rTrain } = mean("cnn-depth", "14");
    expect(rInput).toBeLessThan(mean("cnn-depth", "5").rInput!);
    expect(rTrain).toBeLessThan(mean("cnn-depth", "20").rTrain!);
  });

  test("twenty layers draw the 7 for every test, and the curves cross", () => {
    for (const [name, r] of constants(converged("cnn-depth", "20"))) {
      expect(r, name).toBeGreaterThan(0.9);
    }
    const [first, last] = [mean("cnn-depth", "1"), mean("cnn-depth", "20")];
    expect(first.rInput).toBeGreaterThan(first.rTrain!);
    expect(last.rInput).toBeLessThan(last.rTrain!);
  });

  test("one linear layer answers as the closed form says, but for the training error", () => {
    const { out } = results("identity", "closed-form")[0]!;
    const [difference, remainder] = ["difference", "remainder"].map(
      (name) => out[name]!.value as { largest: number; rms: number },
    );
    expect(difference!.largest).toBeLessThan(1e-2); // the loss was to fall below 1e-6
    expect(remainder!.largest).toBeLessThan(1e-4); // single precision
    expect(remainder!.largest).toBeLessThan(difference!.largest / 2);
  });

  test("its noise is that of its initial weights, for pictures of every kind", () => {
    const { out } = results("identity", "closed-form")[0]!;
    const { picture, kind, noise, predicted } = out["noise"]!.table!;
    expect(new Set(kind)).toEqual(new Set(["blend", "digit", "garment", "pattern"]));
    picture!.forEach((name, i) => {
      const ratio = Number(noise![i]) / Number(predicted![i]);
      expect(Math.abs(ratio - 1), String(name)).toBeLessThan(0.1); // of 784 pixels: 2.5 % is usual
    });
  });

  test("one picture fixes kernels of every width, with a bias too", () => {
    const rows = results("identity", "patch-rank");
    expect(rows.map(({ at }) => at[0]!.value)).toEqual([3, 5, 7, 9, 11, 13, 15]);
    const conditions = rows.map(({ out }) => {
      const read = (name: string) => Number(out[name]!.value);
      expect(out["isUnique"]!.value).toBe(true);
      expect(read("rank")).toBe(read("weights"));
      expect(read("rankWithBias")).toBe(read("weights") + 1);
      expect(read("distance")).toBeLessThan(1e-12);
      expect(Math.min(...out["spectrum"]!.table!["share"]!.map(Number))).toBeGreaterThan(0.01);
      return read("condition");
    });
    expect(conditions).toEqual(conditions.toSorted((a, b) => a - b));
  });

  test("the identity set by hand has no error, or that of rounding", () => {
    const rows = results("identity", "by-hand");
    expect(rows).toHaveLength(9);
    for (const row of rows) {
      const isRounded = row.label.includes("biases");
      for (const mse of row.out["measures"]!.table!["mse"]!) {
        expect(mse, row.label).toBeLessThanOrEqual(isRounded ? 1e-14 : 0);
      }
    }
  });

  test("nearest patches keep less of the input than networks that copy, and never draw the 7 in its place", () => {
    const guesses = networks("mosaic").map(({ row, mean }) => ({
      layers: Number(row.at[0]!.value),
      ...mean!,
    }));
    const [first] = guesses;
    for (const { layers, rInput, rTrain } of guesses) {
      expect(rTrain, `${layers} layers`).toBeLessThan(0.25);
      if (layers > 12) continue;
      expect(rInput, `${layers} layers`).toBeLessThan(mean("cnn-depth", `${layers}`).rInput!);
      expect(rInput, `${layers} layers`).toBeLessThanOrEqual(first!.rInput!);
    }
    const whole = guesses.filter(({ layers }) => layers >= 14);
    expect(whole.length).toBeGreaterThan(1);
    for (const { rInput, rTrain } of whole) {
      expect([rInput, rTrain]).toEqual([whole[0]!.rInput, whole[0]!.rTrain]);
    }
  });

  test("bias and variance trade off inside the range of degrees", () => {
    const { out } = results("identity", "bias-variance")[0]!;
    const optimum = out["optimum"]!.value;
    expect(optimum).toBeGreaterThan(0);
    expect(optimum).toBeLessThan(out["curve"]!.table!["degree"]!.at(-1) as number);
  });
});

/** Bytes [784] of the training picture as the pages show it. */
async function readTraining({ out }: NetworkRow): Promise<Uint8Array> {
  const { sheet } = out["pictures"]!.arrays["inputs"]!;
  const { width, height, src } = sheet!;
  const path = join(process.env["VITRINE_PUBLIC"] || "public", src);
  const tile = sharp(path).extract({ left: 0, top: 0, width, height });
  return new Uint8Array(await tile.toColourspace("b-w").raw().toBuffer());
}

/** Rows [25] of the 5 × 5 patches around each pixel, zeros outside of the picture. */
function patchesOf(picture: Uint8Array, side = 28, kernel = 5): number[][] {
  const reach = (kernel - 1) / 2;
  const at = (y: number, x: number): number =>
    y < 0 || x < 0 || y >= side || x >= side ? 0 : picture[y * side + x]!;
  return Array.from({ length: side * side }, (_, pixel) =>
    Array.from({ length: kernel * kernel }, (_, tap) =>
      at(
        Math.floor(pixel / side) + Math.floor(tap / kernel) - reach,
        (pixel % side) + (tap % kernel) - reach,
      ),
    ),
  );
}

/** Rank over the integers modulo a prime, exact, and never above the rank over the reals. */
function rankModulo(matrix: number[][], prime = 65_521): number {
  const rows = matrix.map((row) => row.map((value) => value % prime));
  const inverse = (value: number): number => {
    let [power, result, exponent] = [BigInt(value), 1n, BigInt(prime - 2)];
    for (; exponent > 0n; exponent >>= 1n) {
      if (exponent & 1n) result = (result * power) % BigInt(prime);
      power = (power * power) % BigInt(prime);
    }
    return Number(result);
  };
  let rank = 0;
  for (let column = 0; column < rows[0]!.length; column++) {
    const found = rows.findIndex((row, i) => i >= rank && row[column] !== 0);
    if (found < 0) continue;
    const [pivot] = rows.splice(found, 1);
    rows.splice(rank, 0, pivot!);
    const scale = inverse(pivot![column]!);
    for (const row of rows.slice(rank + 1)) {
      const factor = (row[column]! * scale) % prime;
      if (factor === 0) continue;
      for (let k = column; k < row.length; k++) {
        row[k] = (((row[k]! - factor * pivot![k]!) % prime) + prime) % prime;
      }
    }
    rank++;
  }
  return rank;
}

const shown =
  obstacle === "nothing has been published" || obstacle === "the study has no results"
    ? undefined
    : networks("cnn-depth").find(({ row }) => row.out["pictures"]);

test.skipIf(!shown)(
  "the patches of the training picture have rank 25, as the article says",
  async () => {
    const training = await readTraining(shown!.row);
    expect(training).toHaveLength(784);
    expect(Math.max(...training)).toBeGreaterThan(200);
    expect(rankModulo(patchesOf(training))).toBe(25);
  },
);
