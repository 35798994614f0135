import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { results } from "#site/results";
import { type NetworkRow, networks } from "./figures/runs.ts";
import { converged, obstacle, reason } from "./test/shown.ts";

describe.skipIf(obstacle !== null)(`what the article says of theory${reason}`, () => {
  test("one linear layer answers as the closed form says, but for the training error", () => {
    const { out } = results("identity", "closed-form")[0]!;
    const [difference, remainder] = [out.difference!.value, out.remainder!.value];
    expect(difference.largest).toBeLessThan(1e-2); // the loss was to fall below 1e-6
    expect(remainder.largest).toBeLessThan(1e-4); // single precision
    expect(remainder.largest).toBeLessThan(difference.largest / 2);
  });

  test("its noise is that of its initial weights, for pictures of every kind", () => {
    const { out } = results("identity", "closed-form")[0]!;
    const { picture, kind, noise, predicted } = out.noise!.table!;
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
      expect(out.isUnique!.value).toBe(true);
      expect(out.rank!.value).toBe(out.weights!.value);
      expect(out.rankWithBias!.value).toBe(out.weights!.value + 1);
      expect(out.distance!.value).toBeLessThan(1e-12);
      expect(Math.min(...out.spectrum!.table!.share.map(Number))).toBeGreaterThan(0.01);
      return out.condition!.value ?? Infinity;
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
      expect(rInput, `${layers} layers`).toBeLessThan(converged("cnn-depth", layers).mean!.rInput!);
      expect(rInput, `${layers} layers`).toBeLessThanOrEqual(first!.rInput!);
    }
    const whole = guesses.filter(({ layers }) => layers >= 14);
    expect(whole.length).toBeGreaterThan(1);
    for (const { rInput, rTrain } of whole) {
      expect([rInput, rTrain]).toEqual([whole[0]!.rInput, whole[0]!.rTrain]);
    }
  });
});

describe.skipIf(obstacle !== null)(`what the article says of polynomials${reason}`, () => {
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
