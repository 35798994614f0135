import { util } from "@tensorflow/tfjs-core";
import { concat, reshape, slice, transpose } from "../build.ts";
import type { LoweringTable } from "../kernel.ts";

export const shape: LoweringTable = {
  Identity: ({ inputs: { x } }) => x!,
  Reshape: ({ inputs: { x }, attributes: { shape } }) =>
    reshape(x!, util.inferFromImplicitShape(shape as number[], x!.size)),
  Transpose: ({ inputs: { x }, attributes: { perm } }) => transpose(x!, perm as number[]),
  Concat: ({ list, attributes: { axis } }) =>
    concat(list, util.parseAxisParam(axis as number, list[0]!.shape)[0]!),
  Slice: ({ inputs: { x }, attributes: { begin, size } }) => {
    const start = begin as number[];
    const lengths = (size as number[]).map((d, i) => (d < 0 ? x!.shape[i]! - start[i]! : d));
    return slice(x!, start, lengths);
  },
};
