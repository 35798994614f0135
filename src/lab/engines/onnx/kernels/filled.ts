import { util } from "@tensorflow/tfjs-core";
import { constant } from "../build.ts";
import { type LoweringTable, TraceError } from "../kernel.ts";
import { type DType, type Value, zeros } from "../value.ts";

const isKnown = (dtype: string): dtype is DType => ["float32", "int32", "bool"].includes(dtype);

function filled(shape: number[], value: number, dtype: string): Value {
  if (!isKnown(dtype)) {
    throw new TraceError(`tensors of type ${dtype} cannot be traced; use float32, int32 or bool`);
  }
  const data = zeros(util.sizeFromShape(shape), dtype) as Float32Array;
  return constant(data.fill(value), shape, dtype);
}

export const fillings: LoweringTable = {
  ZerosLike: ({ inputs: { x } }) => filled(x!.shape, 0, x!.dtype),
  OnesLike: ({ inputs: { x } }) => filled(x!.shape, 1, x!.dtype),
  Fill: ({ attributes: { shape, value, dtype } }) =>
    filled(shape as number[], Number(value), (dtype as string | undefined) ?? "float32"),
};
