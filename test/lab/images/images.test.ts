import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { cividis, grey } from "../../../src/lab/images/colormap.ts";
import { drawLayerSheet, layerScale } from "../../../src/lab/images/layers.ts";
import { drawTiles, tileSheet } from "../../../src/lab/images/sheet.ts";

const tile = (value: (row: number, column: number) => number) =>
  Float32Array.from({ length: 784 }, (_, i) => value(Math.floor(i / 28), i % 28));
const plain = (value: number) => tile(() => value);
const decode = (png: Uint8Array) => sharp(png).raw().toBuffer({ resolveWithObject: true });

describe("cividis", () => {
  // matplotlib: [to_hex(matplotlib.colormaps["cividis"](i)) for i in (0, 10, 20, …)]
  const reference: [number, string][] = [
    [0, "00224e"],
    [10, "002a5f"],
    [20, "003070"],
    [64, "434e6c"],
    [100, "656870"],
    [127, "7c7b78"],
    [160, "9b9476"],
    [192, "bcae6c"],
    [230, "e5cf52"],
    [251, "fde334"],
    [255, "fee838"],
  ];

  test.each(reference)("entry %i is within 1 of #%s", (entry, hex) => {
    const expected = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    cividis(entry / 255).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1);
    });
  });

  test("grows lighter all the way", () => {
    const lightness = Array.from({ length: 256 }, (_, i) => {
      const [r, g, b] = cividis(i / 255);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    });
    for (const [i, value] of lightness.slice(1).entries()) {
      expect(value - lightness[i]!).toBeGreaterThan(-0.5); // 8-bit rounding
    }
  });

  test("clips, and shows NaN as the lower end", () => {
    expect([-1, NaN, 0].map(cividis)).toEqual([cividis(0), cividis(0), cividis(0)]);
    expect(cividis(7)).toEqual(cividis(1));
    expect([-1, 0.5, 2].map((v) => grey(v)[0])).toEqual([0, 128, 255]);
  });
});

describe("tileSheet", () => {
  test("lays rows below each other and tiles side by side, without gaps", () => {
    const rows = [
      [plain(0), plain(1)],
      [tile((row, column) => (row === 3 && column === 5 ? 1 : 0)), plain(0.5)],
    ];
    const { data, ...size } = tileSheet(rows, 1, grey);
    expect(size).toEqual({ width: 56, height: 56, channels: 1 });
    const at = (row: number, column: number) => data[row * 56 + column];
    expect([at(0, 27), at(0, 28), at(27, 55)]).toEqual([0, 255, 255]);
    expect([at(28 + 3, 5), at(28 + 3, 6), at(28, 28)]).toEqual([255, 0, 128]);
  });

  test("refuses ragged rows and tiles of another size", () => {
    expect(() => tileSheet([[plain(0)], []], 1, grey)).toThrow("row 1 has 0 tiles");
    expect(() => tileSheet([], 1, grey)).not.toThrow();
    expect(() => tileSheet([[[1, 2]]], 1, grey)).toThrow("a tile of 2 pixels");
  });
});

describe("drawTiles", () => {
  test("makes an 8-bit grey PNG that holds exactly these pixels, twice the same", async () => {
    const ramp = tile((_, column) => column / 27);
    const png = await drawTiles([ramp, plain(1)]);
    expect(await drawTiles([ramp, plain(1)])).toEqual(png);
    // PNG header: bit depth 8, colour type 0 (grey)
    expect([png[24], png[25]]).toEqual([8, 0]);
    const { data, info } = await sharp(png)
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([56, 28]);
    expect([...data.subarray(0, 28)]).toEqual(
      Array.from(ramp.subarray(0, 28), (v) => Math.round(255 * v)),
    );
  });
});

describe("drawLayerSheet", () => {
  const half = (low: number, high: number) => tile((_, column) => (column < 14 ? low : high));

  test("is grey outside, and in cividis on one scale per hidden layer", async () => {
    const hidden = [
      [half(-2, 0), half(0, 6)],
      [plain(3), plain(3)], // no contrast
    ];
    const png = await drawLayerSheet({
      inputs: [plain(0), plain(1)],
      hidden,
      outputs: [plain(0.2), plain(0.4)],
    });
    const { data, info } = await decode(png);
    expect([info.width, info.height, info.channels]).toEqual([56, 4 * 28, 3]);
    const at = (row: number, column: number) => [
      ...data.subarray((row * 56 + column) * 3, (row * 56 + column) * 3 + 3),
    ];
    expect(at(0, 0)).toEqual([0, 0, 0]);
    expect(at(0, 28)).toEqual([255, 255, 255]);
    expect([at(28, 0), at(28, 20), at(28, 55)]).toEqual([cividis(0), cividis(0.25), cividis(1)]);
    expect(at(56, 0)).toEqual(cividis(0));
    expect([at(84, 0), at(84, 28)]).toEqual([grey(0.2), grey(0.4)]);
    expect(hidden.map(layerScale)).toEqual([
      [-2, 6],
      [3, 3],
    ]);
  });
});
