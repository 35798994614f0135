import { arrays, defineTask, file, table, value, x, y, z } from "#lab/task";

/** Points on a sine with noise. */
export const sample = defineTask({
  name: "sample",
  params: z.strictObject({ points: z.int().positive(), seed: z.int().default(1) }),
  outputs: { points: arrays({ x: ["point"], y: ["point"] }) },
  code: new URL("sample.ts", import.meta.url),
});

/** Least-squares line through sampled points. */
export const fit = defineTask({
  name: "fit",
  params: z.strictObject({ sample: sample.params, degree: z.int().min(0).max(1) }),
  inputs: (params) => ({ points: sample.run(params.sample).points }),
  outputs: {
    parameters: value(z.array(z.number())),
    curve: table({ x: x("x"), y: y("y") }),
  },
  code: new URL("fit.ts", import.meta.url),
});

/** A drawing of the fit. */
export const draw = defineTask({
  name: "draw",
  params: z.strictObject({ fit: fit.params }),
  inputs: (params) => ({ curve: fit.run(params.fit).curve }),
  outputs: { drawing: file("image/svg+xml") },
  code: new URL("draw.ts", import.meta.url),
});
