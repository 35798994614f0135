import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { cividis, diverging } from "../../src/lab/images/colormap.ts";
import type { Picturing } from "../../src/lab/output.ts";
import { drawPictures, isPictures } from "../../src/lab/picture-sheet.ts";

const [height, width] = [3, 5];

/** Pictures that are one value on the left and another on the right, [rows, columns, 3, 5]. */
const halves = (rows: [number, number][][]) => ({
  data: Float32Array.from(
    rows
      .flat()
      .flatMap(([left, right]) =>
        Array.from({ length: height * width }, (_, i) => (i % width < 2 ? left : right)),
      ),
  ),
  shape: [rows.length, rows[0]!.length, height, width],
});

async function draw(rows: [number, number][][], picturing: Picturing) {
  const { sheet, png } = (await drawPictures(halves(rows), picturing))!;
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  /** Of the left or right half of a picture. */
  const at = (row: number, column: number, side: "left" | "right") => {
    const x = column * width + (side === "left" ? 0 : width - 1);
    const start = (row * height * info.width + x) * info.channels;
    return [...data.subarray(start, start + info.channels)];
  };
  return { sheet, png, info, at };
}

describe("a sheet of pictures", () => {
  test("is an 8-bit grey PNG of exactly these pixels, twice the same", async () => {
    const rows: [number, number][][] = [
      [
        [0, 1],
        [0.5, 0.2],
      ],
      [
        [-1, 2],
        [NaN, 1],
      ],
    ];
    const { sheet, png, info, at } = await draw(rows, {});
    expect(sheet).toMatchObject({ rows: 2, columns: 2, height, width, colours: "grey" });
    expect([info.width, info.height]).toEqual([2 * width, 2 * height]);
    // PNG header: bit depth 8, colour type 0 (grey)
    expect([png[24], png[25]]).toEqual([8, 0]);
    expect([at(0, 0, "left")[0], at(0, 0, "right")[0]]).toEqual([0, 255]);
    expect([at(0, 1, "left")[0], at(0, 1, "right")[0]]).toEqual([128, 51]);
    expect([at(1, 0, "left")[0], at(1, 0, "right")[0]]).toEqual([0, 255]);
    expect(at(1, 1, "left")[0]).toBe(0);
    expect((await draw(rows, {})).png).toEqual(png);
  });

  const layers: [number, number][][] = [
    [
      [-2, 0],
      [0, 6],
    ],
    [
      [0, 1],
      [0, 0.5],
    ],
    [
      [3, 3],
      [3, 3],
    ], // no contrast
  ];

  test("has one scale from its least to its greatest value", async () => {
    const { sheet, at } = await draw(layers, { colours: "cividis" });
    expect(sheet.ranges).toEqual([
      [-2, 6],
      [-2, 6],
      [-2, 6],
    ]);
    expect([at(0, 0, "left"), at(0, 0, "right")]).toEqual([cividis(0), cividis(0.25)]);
    expect(at(1, 0, "right")).toEqual(cividis(3 / 8));
  });

  test("or one for each row; a row without contrast takes the lowest colour", async () => {
    const { sheet, at } = await draw(layers, { colours: "cividis", scale: "row" });
    expect(sheet.ranges).toEqual([
      [-2, 6],
      [0, 1],
      [3, 3],
    ]);
    expect([at(0, 0, "right"), at(0, 1, "right")]).toEqual([cividis(0.25), cividis(1)]);
    expect([at(1, 0, "right"), at(1, 1, "right")]).toEqual([cividis(1), cividis(0.5)]);
    expect(at(2, 1, "left")).toEqual(cividis(0));
  });

  test("or even ends around nought", async () => {
    const { sheet, at } = await draw(layers, { colours: "diverging" });
    expect(sheet.ranges[0]).toEqual([-6, 6]);
    expect(at(0, 1, "left")).toEqual(diverging(0.5));
  });
});

test("pictures end in y and x, and are not too many", async () => {
  expect(isPictures(["layer", "picture", "y", "x"])).toBe(true);
  expect(isPictures(["y", "x", "channel"])).toBe(false);
  expect(isPictures(null)).toBe(false);
  const none = { data: new Float32Array(0), shape: [0, 2, 28, 28] };
  expect(await drawPictures(none, {})).toBeNull();
});
