import { arrays, defineTask, row, table, value, x, y, z } from "#lab/task";

/** More of everything than a page shows unasked. */
export const fill = defineTask({
  name: "fill",
  params: z.strictObject({ seed: z.int(), size: z.int().positive() }),
  outputs: {
    size: value(z.int(), { label: "size" }),
    half: value(z.number(), { label: "half the size" }),
    course: table({ step: x("step"), height: y("height") }),
    words: table({ word: row("word"), count: y("count") }),
    pictures: arrays({ pictures: ["picture", "y", "x"] }),
    weights: arrays({ weights: ["input", "unit"] }),
  },
  code: new URL("fill.ts", import.meta.url),
});
