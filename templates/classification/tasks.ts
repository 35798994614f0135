import { dataset } from "#lab/data";
import { arrays, defineTask, table, value, x, y, z } from "#lab/task";

/** Names pictures of digits, and is asked about digits that it has not seen. */
export const classify = defineTask({
  name: "classify-digits",
  params: z.strictObject({
    /** Units of the hidden layer. */
    width: z.int().positive(),
    /** Pictures to learn from; as many others are kept for the test. */
    pictures: z.int().positive().default(1000),
    steps: z.int().positive(),
    seed: z.int(),
  }),
  // Your own pictures: pictures(new URL("pictures", import.meta.url)), a folder for each class.
  inputs: ({ pictures }) => ({
    digits: dataset("mnist", { part: "test", pick: { first: 2 * pictures } }),
  }),
  outputs: {
    accuracy: value(z.number().min(0).max(1), {
      label: "share of new digits named right",
      better: "higher",
    }),
    course: table(
      { step: x("step"), loss: y("cross-entropy", { log: true, better: "lower" }) },
      { label: "course of the training" },
    ),
    confusion: arrays({ shares: ["shown", "answered"] }, { label: "answers by digit" }),
    filters: arrays(
      { weights: ["unit", "y", "x"] },
      { label: "weights of hidden units", colours: "diverging" },
    ),
  },
  code: new URL("classify.ts", import.meta.url),
  needs: ({ steps, width }) => ({ seconds: 1 + (steps * (50 + width)) / 50_000 }),
});
