import { arrays, defineTask, table, value, x, y, z } from "#lab/task";

export const classify = defineTask({
  name: "classify",
  params: z.strictObject({ width: z.int().positive(), seed: z.int() }),
  outputs: {
    accuracy: value(z.number().min(0).max(1), { label: "accuracy on new points" }),
    loss: table({ step: x("step"), loss: y("cross-entropy", { log: true }) }),
    plane: arrays({ probability: ["y", "x"] }, { label: "probability of the first spiral" }),
  },
  code: new URL("classify.ts", import.meta.url),
});
