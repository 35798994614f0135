import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { DType, Value } from "./value.ts";

/** What a kernel lowers: its tensors in the caller's order and by name, and TF.js's attributes. */
export interface Call {
  /** e.g. "Conv2D" */
  kernel: string;
  inputs: Record<string, Value>;
  list: Value[];
  attributes: NamedAttrMap;
}

/** Lowers one TF.js kernel to graph nodes. */
export type Lowering = (call: Call) => Value | Value[];
export type LoweringTable = Record<string, Lowering>;

export type KernelInputs = Record<string, TensorInfo | TensorInfo[] | undefined>;

/** Something the engine cannot put in a graph: says which TF.js call, and what to do instead. */
export class TraceError extends Error {
  override name = "TraceError";
}

/** @throws TraceError for types that graphs do not have. */
export function checkDtype(dtype: string): DType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new TraceError(`tensors of type ${dtype} cannot be traced; use float32, int32 or bool`);
}
