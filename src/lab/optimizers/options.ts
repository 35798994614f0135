import { z } from "astro/zod";

/** Rules by which variables descend a loss, as parameters of a task; see createOptimizer(). */
export const Optimizer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("sgd"), learningRate: z.number().positive() }),
  z.strictObject({
    kind: z.literal("momentum"),
    learningRate: z.number().positive(),
    momentum: z.number().min(0).max(1).default(0.9),
  }),
  z.strictObject({ kind: z.literal("adam"), learningRate: z.number().positive() }),
  z.strictObject({
    kind: z.literal("ngd"),
    /** Longest step, in units of the Euclidean norm over all parameters. */
    cap: z.number().positive(),
    /** A step is no longer than this fraction of loss ÷ gradient norm. */
    lossFraction: z.number().positive().default(0.5),
    /** Share of the steps, the last ones, that grow shorter, evenly down to nothing; 0 for none. */
    settling: z.number().min(0).max(1).default(0.25),
  }),
]);
export type Optimizer = z.output<typeof Optimizer>;
