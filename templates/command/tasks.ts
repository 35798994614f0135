import { command } from "#lab/command";
import { defineTask, table, value, x, y, z } from "#lab/task";

/** Estimates π by throwing darts, in Python: the program reads params.json and fills outputs/. */
export const throwDarts = defineTask({
  name: "throw-darts",
  params: z.strictObject({ darts: z.int().positive(), seed: z.int() }),
  outputs: {
    estimate: value(z.number(), { label: "estimate of π" }),
    error: value(z.number().min(0), { label: "absolute error", log: true, better: "lower" }),
    course: table({ darts: x("darts", { log: true }), estimate: y("estimate of π") }),
  },
  // Any program: what it reads besides is listed here, and decides about its results.
  code: command(["python3", "darts.py"], { folder: import.meta.url, reads: ["darts.py"] }),
});
