import { add, mul, scalar, sub, unary } from "../build.ts";
import type { LoweringTable } from "../kernel.ts";

/** (x − mean) · scale / √(variance + ε) + offset; the scale goes to the smaller side first. */
export const normalization: LoweringTable = {
  FusedBatchNorm: ({ inputs: { x, mean, variance, scale, offset }, attributes }) => {
    const epsilon = Number(attributes["varianceEpsilon"] ?? 0.001);
    const deviation = unary("Sqrt", add(variance!, scalar(epsilon)));
    const factor = scale
      ? mul(scale, unary("Reciprocal", deviation))
      : unary("Reciprocal", deviation);
    const scaled = mul(sub(x!, mean!), factor);
    return offset ? add(scaled, offset) : scaled;
  },
};
