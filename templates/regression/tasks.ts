import { csv } from "#lab/data";
import { defineTask, table, value, x, y, z } from "#lab/task";

/** Draws a curve through measured points, some of which it is not shown. */
export const fit = defineTask({
  name: "fit-curve",
  params: z.strictObject({
    /** Units of each of the two hidden layers. */
    width: z.int().positive(),
    steps: z.int().positive(),
    seed: z.int(),
  }),
  // Your own measurements: a file with a line of names, and those names here and in fit.ts.
  inputs: () => ({ measurements: csv(new URL("measurements.csv", import.meta.url)) }),
  outputs: {
    testError: value(z.number().min(0), { label: "error on points kept back", better: "lower" }),
    trainError: value(z.number().min(0), { label: "error on points learned", better: "lower" }),
    course: table(
      { step: x("step"), loss: y("mean squared error", { log: true, better: "lower" }) },
      { label: "course of the training" },
    ),
    curve: table(
      { time: x("time", { unit: "s" }), measured: y("measured"), fitted: y("fitted") },
      { label: "curve through the points" },
    ),
  },
  code: new URL("fit.ts", import.meta.url),
  needs: ({ steps }) => ({ seconds: 1 + steps / 2000 }),
});
