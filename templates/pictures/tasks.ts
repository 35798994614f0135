import { pictures } from "#lab/data";
import { defineTask, table, tiles, value, x, y, z } from "#lab/task";

/** Draws pictures again from as many numbers as pass through the narrowest layer. */
export const redraw = defineTask({
  name: "redraw-pictures",
  params: z.strictObject({
    /** Numbers that a picture is squeezed into. */
    numbers: z.int().positive(),
    steps: z.int().positive(),
    seed: z.int(),
  }),
  // Your own pictures: PNG, JPEG or WebP files in the folder, a subfolder for each class if you like.
  inputs: () => ({
    shown: pictures(new URL("pictures", import.meta.url), { grey: true, size: 16 }),
  }),
  outputs: {
    error: value(z.number().min(0), { label: "mean squared error", log: true, better: "lower" }),
    course: table(
      { step: x("step"), loss: y("mean squared error", { log: true, better: "lower" }) },
      { label: "course of the training" },
    ),
    shown: tiles({ label: "pictures shown" }),
    drawn: tiles({ label: "pictures drawn again" }),
  },
  code: new URL("redraw.ts", import.meta.url),
  needs: ({ steps }) => ({ seconds: 1 + steps / 1000 }),
});
