import { util } from "@tensorflow/tfjs-core";
import { cast, reduce } from "../build.ts";
import type { Lowering, LoweringTable } from "../kernel.ts";

const operators = {
  Sum: "ReduceSum",
  Mean: "ReduceMean",
  Max: "ReduceMax",
  Min: "ReduceMin",
  Prod: "ReduceProd",
};

/** Max names its axes reductionIndices, the others axis. */
const reduction_ =
  (operator: string): Lowering =>
  ({ inputs: { x }, attributes }) => {
    const { axis, reductionIndices, keepDims } = attributes;
    const axes = util.parseAxisParam((axis ?? reductionIndices) as number[], x!.shape);
    const input = x!.dtype === "bool" ? cast(x!, "int32") : x!;
    return reduce(operator, input, axes, Boolean(keepDims));
  };

export const reduction: LoweringTable = Object.fromEntries(
  Object.entries(operators).map(([kernel, operator]) => [kernel, reduction_(operator)]),
);
