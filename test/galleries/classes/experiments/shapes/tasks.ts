import { arrays, defineTask, table, tiles, value, x, y, z } from "#lab/task";

/** Tells four shapes apart on small noisy pictures that are drawn from a seed. */
export const classify = defineTask({
  name: "classify-shapes",
  params: z.strictObject({
    /** Units of the hidden layer. */
    width: z.int().positive(),
    noise: z.number().min(0),
    steps: z.int().positive(),
    seed: z.int(),
  }),
  outputs: {
    accuracy: value(z.number().min(0).max(1), { label: "accuracy on new pictures" }),
    course: table(
      {
        step: x("step"),
        train: y("loss, training batch", { log: true, better: "lower" }),
        test: y("loss, new pictures", { log: true, better: "lower" }),
      },
      { label: "course of the training" },
    ),
    confusion: arrays({ shares: ["shown", "answered"] }, { label: "answers by shape" }),
    examples: tiles({ label: "pictures of each shape" }),
    filters: arrays(
      { weights: ["frame", "unit", "y", "x"] },
      { label: "weights of the hidden units", colours: "diverging" },
    ),
  },
  code: new URL("classify.ts", import.meta.url),
  needs: ({ steps }) => ({ seconds: steps / 200 }),
});
