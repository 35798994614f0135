import { describe, expect, test } from "vitest";
import { networks, type PredictionTable } from "./figures/runs.ts";
import { converged, obstacle, readMaps, readTiles, reason, type Tile } from "./test/shown.ts";

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Pixels of a bright area by their distance from its rim, 0 the outermost; the frame counts as rim. */
function shellsOf(area: Tile): [y: number, x: number][][] {
  const isIn = (y: number, x: number): boolean => (area[y]?.[x] ?? 0) > 0.2;
  const depthAt = (y: number, x: number): number => {
    for (let depth = 0; ; depth++) {
      for (let dy = -depth; dy <= depth; dy++) {
        for (let dx = -depth; dx <= depth; dx++) if (!isIn(y + dy, x + dx)) return depth - 1;
      }
    }
  };
  const shells: [number, number][][] = [];
  for (const [y, row] of area.entries()) {
    for (const x of row.keys()) {
      const depth = depthAt(y, x);
      if (depth >= 0) (shells[depth] ??= []).push([y, x]);
    }
  }
  return shells;
}

/** Mean brightness of what was a bright area: the brightest of its four outer shells, and all within. */
function rimAndInside(input: Tile, output: Tile): { rim: number; inside: number } {
  const shells = shellsOf(input);
  const bright = (places: readonly [number, number][]) =>
    mean(places.map(([y, x]) => output[y]![x]!));
  const rim = Math.max(...shells.slice(0, 4).map(bright));
  return { rim, inside: bright(shells.slice(4).flat()) };
}

const tests = async (
  table: PredictionTable,
  slug: string | number,
  array: "inputs" | "outputs",
) => {
  const tiles = [...(await readTiles(converged(table, slug).row, array))];
  return tiles.slice(1);
};

const shareAbove = (tiles: readonly Tile[], least: number): number => {
  const pixels = tiles.flat(2);
  return pixels.filter((pixel) => pixel > least).length / pixels.length;
};

const areas = ["pullover", "disc with crescent", "ellipse"];
const even = ["thin stripes", "wide stripes", "gradient", "dot grid"];

describe.skipIf(obstacle !== null)(`what the outputs look like${reason}`, () => {
  test.each([7, 9, 11, 12])("%i layers keep outlines and darken what is inside", async (layers) => {
    const { row } = converged("cnn-depth", layers);
    const [inputs, outputs] = [await readTiles(row, "inputs"), await readTiles(row, "outputs")];
    for (const area of areas) {
      const { rim, inside } = rimAndInside(inputs.get(area)!, outputs.get(area)!);
      expect(rim, area).toBeGreaterThan(1.5 * inside);
    }
  });

  test("one layer has no such outlines, and 14 layers fill areas with white", async () => {
    for (const [layers, least] of [
      [1, 0.8],
      [14, 0.94],
    ] as const) {
      const { row } = converged("cnn-depth", layers);
      const [inputs, outputs] = [await readTiles(row, "inputs"), await readTiles(row, "outputs")];
      for (const area of areas) {
        const { rim, inside } = rimAndInside(inputs.get(area)!, outputs.get(area)!);
        expect(inside, `${area}, ${layers}`).toBeGreaterThan(least);
        expect(rim, `${area}, ${layers}`).toBeLessThan(1.2 * inside);
      }
    }
  });

  test("14 layers turn both kinds of stripes into a white square", async () => {
    const outputs = await readTiles(converged("cnn-depth", 14).row, "outputs");
    for (const stripes of ["thin stripes", "wide stripes"]) {
      const middle = outputs
        .get(stripes)!
        .slice(8, 20)
        .flatMap((row) => row.slice(8, 20));
      expect(mean(middle), stripes).toBeGreaterThan(0.95);
    }
  });

  test("15 to 18 layers answer with little but black", async () => {
    const inputs = (await tests("cnn-depth", 15, "inputs")).map(([, tile]) => tile);
    expect(shareAbove(inputs, 0.5)).toBeCloseTo(0.34, 2);
    for (const layers of [15, 16, 18]) {
      const outputs = await tests("cnn-depth", layers, "outputs");
      expect(
        shareAbove(
          outputs.map(([, tile]) => tile),
          0.5,
        ),
      ).toBeLessThan(0.04);
      const dark = outputs.filter(([name]) => even.includes(name)).map(([, tile]) => tile);
      expect(dark).toHaveLength(4);
      expect(shareAbove(dark, 0.5)).toBe(0);
    }
  });

  test("six linear layers draw a dark 7 on grey where the overlap is negative", async () => {
    const { row } = converged("fcn-depth", "6-layers-linear");
    const outputs = await readTiles(row, "outputs");
    const seven = outputs.get("digit 7")!;
    const strokesAndGround = (name: string): [number, number] => {
      const pixels = outputs
        .get(name)!
        .flatMap((line, y) => line.map((v, x) => [v, seven[y]![x]!]));
      const of = (keep: (ink: number) => boolean) =>
        mean(pixels.flatMap(([value, ink]) => (keep(ink!) ? [value!] : [])));
      return [of((ink) => ink > 0.8), of((ink) => ink < 0.02)];
    };
    for (const name of ["thin stripes", "wide stripes", "gradient", "disc with crescent"]) {
      const [strokes, ground] = strokesAndGround(name);
      expect(strokes, name).toBeLessThan(0.04);
      expect(ground, name).toBeGreaterThan(0.12);
    }
    const [strokes, ground] = strokesAndGround("dot grid");
    expect(Math.abs(strokes - ground)).toBeLessThan(0.03);
    const others = [...outputs.keys()].slice(1).filter((name) => strokesAndGround(name)[0] > 0.2);
    expect(others).toHaveLength(7);
  });

  test("one layer makes more noise of bright pictures than of dim ones", async () => {
    const outputs = await readTiles(converged("fcn-depth", "1-layer-linear").row, "outputs");
    const seven = outputs.get("digit 7")!;
    const noise = (name: string): number => {
      const ground = outputs
        .get(name)!
        .flatMap((line, y) => line.filter((_, x) => seven[y]![x]! < 0.02));
      return Math.sqrt(mean(ground.map((value) => (value - mean(ground)) ** 2)));
    };
    const dim = ["blend of 7 and 2", "digit 1", "small square"].map(noise);
    const bright = ["disc with crescent", "wide stripes", "thin stripes", "ellipse"].map(noise);
    expect(Math.max(...dim)).toBeLessThan(0.7 * Math.min(...bright));
  });
});

/** The greatest difference of one pixel between columns, as a share of the range of the layer. */
function apart(maps: readonly Float32Array[]): number {
  const all = maps.flatMap((map) => [...map]);
  const range = all.reduce((a, b) => Math.max(a, b)) - all.reduce((a, b) => Math.min(a, b));
  const spreads = Array.from(maps[0]!, (_, pixel) => {
    const column = maps.map((map) => map[pixel]!);
    return Math.max(...column) - Math.min(...column);
  });
  return Math.max(...spreads) / range;
}

/** By layer, the first of them 1. */
const apartByLayer = (slug: string): Map<number, number> => {
  const { row } = networks("cnn-layers").find(({ row }) => row.at.some((c) => c.slug === slug))!;
  return new Map(readMaps(row).map((maps, i) => [i + 1, apart(maps)]));
};
const from = (layer: number, shares: Map<number, number>): number[] =>
  [...shares].flatMap(([i, share]) => (i >= layer ? [share] : []));

describe.skipIf(obstacle !== null)(`what the layers look like${reason}`, () => {
  test("20 trained layers: alike from layer 10 on, but never equal", () => {
    const shares = apartByLayer("20-layers");
    expect(Math.max(...from(10, shares))).toBeLessThan(0.02);
    expect(shares.get(9)).toBeGreaterThan(0.02);
    expect(Math.min(...from(10, shares))).toBeGreaterThan(0.003);
  });

  test("untrained, the columns become alike a little later", () => {
    const [trained, random] = [apartByLayer("20-layers"), apartByLayer("20-layers-untrained")];
    expect(Math.max(...from(12, random))).toBeLessThan(0.02);
    expect(random.get(11)).toBeGreaterThan(0.02);
    for (const layer of [7, 8, 9]) expect(random.get(layer)).toBeGreaterThan(trained.get(layer)!);
    for (const layer of [1, 2, 3, 4]) {
      expect(random.get(layer)).toBeCloseTo(trained.get(layer)!, 1);
    }
  });

  test("7 and 14 layers tell the columns apart in every map", () => {
    for (const slug of ["7-layers", "14-layers"]) {
      expect(Math.min(...apartByLayer(slug).values()), slug).toBeGreaterThan(0.8);
    }
  });

  test("7 layers: close for digits and square, dimmer inside for garments, grey for thin stripes", async () => {
    const { row } = converged("cnn-layers", "7-layers");
    const [inputs, outputs] = [await readTiles(row, "inputs"), await readTiles(row, "outputs")];
    for (const name of ["digit 5", "digit 9", "small square"]) {
      expect(correlate(inputs.get(name)!, outputs.get(name)!), name).toBeGreaterThan(0.9);
    }
    for (const name of [...inputs.keys()].filter((name) => /dress|boot/.test(name))) {
      const [, ...shells] = shellsOf(inputs.get(name)!).map((places) =>
        mean(places.map(([y, x]) => outputs.get(name)![y]![x]!)),
      );
      expect(shells.at(-1), name).toBeLessThan(0.9 * Math.max(...shells));
    }
    const middle = outputs
      .get("thin stripes")!
      .slice(8, 20)
      .flatMap((line) => line.slice(8, 20));
    expect([...middle].sort((a, b) => a - b)[0]).toBeGreaterThan(0.15);
    expect(Math.max(...middle)).toBeLessThan(0.4);
  });

  test("14 layers: blobs, and a white square for all stripes", async () => {
    const { row } = converged("cnn-layers", "14-layers");
    const [inputs, outputs] = [await readTiles(row, "inputs"), await readTiles(row, "outputs")];
    for (const name of ["dress", "small square"]) {
      const innermost = shellsOf(inputs.get(name)!).at(-1)!;
      expect(mean(innermost.map(([y, x]) => outputs.get(name)![y]![x]!)), name).toBeGreaterThan(
        0.95,
      );
    }
    for (const name of ["thin stripes", "wide stripes"]) {
      const middle = outputs
        .get(name)!
        .slice(8, 20)
        .flatMap((line) => line.slice(8, 20));
      expect(mean(middle), name).toBeGreaterThan(0.95);
    }
  });

  test("20 trained layers: the last maps and the output are the same in every column", async () => {
    const { row } = converged("cnn-layers", "20-layers");
    const outputs = [...(await readTiles(row, "outputs")).values()];
    for (const output of outputs) expect(correlate(outputs[0]!, output)).toBeGreaterThan(0.99);
  });
});

/** Pearson's. */
function correlate(a: Tile, b: Tile): number {
  const [x, y] = [a.flat(), b.flat()];
  const [mx, my] = [mean(x), mean(y)];
  const product = (u: number[], mu: number, v: number[], mv: number) =>
    mean(u.map((value, i) => (value - mu) * (v[i]! - mv)));
  return product(x, mx, y, my) / Math.sqrt(product(x, mx, x, mx) * product(y, my, y, my));
}
