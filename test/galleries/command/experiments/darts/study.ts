import { command } from "#lab/command";
import { defineStudy } from "#lab/study";
import { arrays, defineTask, table, value, x, y, z } from "#lab/task";

/** Estimates π by throwing darts, in Python's standard library. */
const throwDarts = defineTask({
  name: "throw-darts",
  params: z.strictObject({ darts: z.int().positive(), seed: z.int().default(1) }),
  outputs: {
    estimate: value(z.number(), { label: "estimate of π" }),
    course: table({ darts: x("darts", { log: true }), error: y("absolute error", { log: true }) }),
    landed: arrays({ darts: ["dart", "coordinate"] }),
  },
  code: command(["python3", "darts.py"], { folder: import.meta.url, reads: ["darts.py"] }),
});

/** How far the estimates of a run are from those of another program. */
const compare = defineTask({
  name: "compare",
  params: z.strictObject({ darts: z.int().positive(), seed: z.int() }),
  inputs: (params) => ({ estimate: throwDarts.run(params).estimate }),
  outputs: { error: value(z.number().min(0), { label: "absolute error" }) },
  code: new URL("compare.ts", import.meta.url),
});

export { compare, throwDarts };

export default defineStudy(() => ({
  title: "Darts",
  tables: {
    darts: throwDarts.table({
      over: { darts: [100, 1000], seed: [1, 2] },
      run: (at) => at,
    }),
    errors: compare.table({ over: { seed: [1, 2] }, run: ({ seed }) => ({ darts: 1000, seed }) }),
  },
}));
