import { pictures } from "#lab/data";
import { defineTask, row, table, tiles, y, z } from "#lab/task";

/** Brightness of every picture of a folder, and the mean picture of every class. */
export const measure = defineTask({
  name: "measure",
  params: z.strictObject({
    /** Pixels of either side that pictures are stretched to; null leaves them as they are. */
    size: z.int().positive().nullable().default(null),
  }),
  inputs: ({ size }) => ({
    shapes: pictures(new URL("pictures", import.meta.url), {
      grey: true,
      ...(size === null ? {} : { size }),
    }),
  }),
  outputs: {
    brightness: table({
      picture: row("picture"),
      shape: row("shape"),
      brightness: y("mean brightness", { range: [0, 1] }),
    }),
    means: tiles({ label: "mean pictures" }),
  },
  code: new URL("measure.ts", import.meta.url),
});
