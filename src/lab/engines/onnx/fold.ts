import {
  type BackendValues,
  type DataStorage,
  engine,
  env,
  getKernel,
  type KernelBackend,
  type NamedAttrMap,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { checkDtype, type KernelInputs, type Lowering } from "./kernel.ts";
import { toData, Value } from "./value.ts";

/** Constants up to this size are computed while tracing instead of in the graph. */
const foldLimit = 4096;

/**
 * TF.js flag, on unless set: the contents of constants are used while tracing. Off, new constants
 * are like a step's inputs, so that whatever is computed of them is computed by the graph.
 */
export const foldFlag = "ONNX_FOLD_CONSTANTS";

/** Whether a kernel is computed while tracing; one without inputs describes a constant anyway. */
export function folds(kernel: string, inputs: Value[]): boolean {
  // A clone shares its tensor's data, which TF.js counts.
  if (kernel === "Identity" || !getKernel(kernel, "cpu")) return false;
  if (inputs.length === 0) return true;
  const size = inputs.reduce((sum, value) => sum + value.size, 0);
  const isKnown = inputs.every((value) => value.data) && env().getBool(foldFlag);
  return isKnown && size <= foldLimit;
}

type CpuBackend = KernelBackend & { data: DataStorage<{ values: BackendValues }> };

/** Computes a kernel on constants with TF.js's own reference implementation. */
export function fold(
  kernel: string,
  inputs: KernelInputs,
  attributes: NamedAttrMap,
  valueOf: (dataId: object) => Value,
): ReturnType<Lowering> {
  const cpu = engine().findBackend("cpu") as CpuBackend;
  const made: TensorInfo[] = [];
  const borrow = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
    const data = valueOf(dataId).data as BackendValues;
    const info = { dataId: cpu.write(data, shape, dtype), shape, dtype };
    made.push(info);
    return info;
  };
  // Kernels such as Pack take a list in the place of named inputs.
  const borrowed = (Array.isArray(inputs) ? [] : {}) as KernelInputs;
  for (const [key, input] of Object.entries(inputs)) {
    if (input) borrowed[key] = Array.isArray(input) ? input.map(borrow) : borrow(input);
  }
  const result = getKernel(kernel, "cpu").kernelFunc({
    inputs: borrowed as Record<string, TensorInfo>,
    attrs: attributes,
    backend: cpu,
  });
  const outputs = [result].flat();
  const values = outputs.map(({ dataId, shape, dtype }) => {
    const data = toData(cpu.readSync(dataId) as unknown as ArrayLike<number>, checkDtype(dtype));
    return new Value(shape, checkDtype(dtype), { data: data.slice() });
  });
  for (const { dataId } of [...made, ...outputs]) cpu.disposeData(dataId, true);
  return Array.isArray(result) ? values : values[0]!;
}
