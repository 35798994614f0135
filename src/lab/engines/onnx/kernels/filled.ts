import { util } from "@tensorflow/tfjs-core";
import { constant } from "../build.ts";
import { checkDtype, type LoweringTable } from "../kernel.ts";
import { type Value, zeros } from "../value.ts";

function filled(shape: number[], value: number, type: string): Value {
  const dtype = checkDtype(type);
  const data = zeros(util.sizeFromShape(shape), dtype) as Float32Array;
  return constant(data.fill(value), shape, dtype);
}

export const fillings: LoweringTable = {
  ZerosLike: ({ inputs: { x } }) => filled(x!.shape, 0, x!.dtype),
  OnesLike: ({ inputs: { x } }) => filled(x!.shape, 1, x!.dtype),
  Fill: ({ attributes: { shape, value, dtype } }) =>
    filled(shape as number[], Number(value), (dtype as string | undefined) ?? "float32"),
};
