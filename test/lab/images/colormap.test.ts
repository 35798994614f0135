import { describe, expect, test } from "vitest";
import { cividis, grey } from "../../../src/lab/images/colormap.ts";

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
