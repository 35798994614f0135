import { defineStudy } from "#lab/study";
import { defineTask, value, z } from "#lab/task";

/** Fails in the way it is asked to, or yields the number it is given. */
export const attempt = defineTask({
  name: "attempt",
  params: z.strictObject({
    way: z.enum([
      "well",
      "throws",
      "exits",
      "crashes",
      "spins",
      "mistypes",
      "omits",
      "invents",
      "stops",
    ]),
    number: z.number().default(1),
  }),
  outputs: { number: value(z.number()) },
  code: new URL("attempt.ts", import.meta.url),
});

export const double = defineTask({
  name: "double",
  params: z.strictObject({ attempt: attempt.params }),
  inputs: (params) => ({ number: attempt.run(params.attempt).number }),
  outputs: { double: value(z.number()) },
  code: new URL("double.ts", import.meta.url),
});

const ways = ["well", "throws", "exits", "mistypes", "omits", "invents", "stops"] as const;

export default defineStudy(() => ({
  title: "What becomes of runs that fail",
  tables: {
    attempts: attempt.table({ over: { way: ways }, run: ({ way }) => ({ way }) }),
    doubles: double.table({
      over: { way: ["well", "throws", "stops"] as const },
      run: ({ way }) => ({ attempt: { way } }),
    }),
  },
}));
