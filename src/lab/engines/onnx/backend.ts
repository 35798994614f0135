import {
  type BackendValues,
  DataStorage,
  type DataType,
  engine,
  env,
  getKernel,
  getKernelsForBackend,
  KernelBackend,
  type NamedAttrMap,
  registerBackend,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tidy,
  util,
} from "@tensorflow/tfjs-core";
import "../tfjs.ts";
import { reshape } from "./build.ts";
import { type KernelInputs, type Lowering, type LoweringTable, TraceError } from "./kernel.ts";
import { lowerings } from "./kernels/index.ts";
import { type DType, toData, Value, zeros } from "./value.ts";

export const backendName = "onnx";

/** Constants up to this size are computed while tracing instead of in the graph. */
const foldLimit = 4096;

/** TF.js flag, on unless set: kernels on small constants are computed while tracing. */
export const foldFlag = "ONNX_FOLD_CONSTANTS";

interface Stored {
  value: Value;
  references: number;
}

/**
 * A TF.js backend that computes nothing: every kernel call appends nodes to a graph. Reading a
 * tensor outside a trace executes the graph that leads to it.
 */
export class OnnxBackend extends KernelBackend {
  readonly #data = new DataStorage<Stored>(this, engine());
  readonly #execute: (values: Value[]) => void;
  /** While a step is traced, symbols have no values to read. */
  tracing = false;

  constructor(execute: (values: Value[]) => void) {
    super();
    this.#execute = execute;
  }

  graphValue(dataId: object): Value {
    return this.#data.get(dataId).value;
  }

  /** A new data id for a value. */
  store(value: Value): object {
    const dataId = {};
    this.#data.set(dataId, { value, references: 1 });
    return dataId;
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): object {
    const known = checkDtype(dtype);
    const data = values
      ? toData(values as unknown as ArrayLike<number>, known)
      : zeros(util.sizeFromShape(shape), known);
    return this.store(new Value(shape, known, { data }));
  }

  override move(
    dataId: object,
    values: BackendValues,
    shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    const known = checkDtype(dtype);
    const data = toData(values as unknown as ArrayLike<number>, known);
    this.#data.set(dataId, { value: new Value(shape, known, { data }), references });
  }

  override readSync(dataId: object): BackendValues {
    const value = this.graphValue(dataId);
    if (!value.data) {
      if (this.tracing) {
        const source = value.node ? `made by ${value.node.operator}` : "an input or a variable";
        throw new TraceError(
          `the step reads a tensor of shape [${value.shape.join(", ")}] (${source}) while it is ` +
            "traced: dataSync, arraySync, data and print have no values yet; return the tensor instead",
        );
      }
      this.#execute([value]);
    }
    return value.data as BackendValues;
  }

  override async read(dataId: object): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override numDataIds(): number {
    return this.#data.numDataIds();
  }

  override refCount(dataId: object): number {
    return this.#data.has(dataId) ? this.#data.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.#data.get(dataId).references++;
  }

  decRef(dataId: object): void {
    if (this.#data.has(dataId)) this.#data.get(dataId).references--;
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#data.has(dataId)) return true;
    const stored = this.#data.get(dataId);
    stored.references--;
    if (!force && stored.references > 0) return false;
    this.#data.delete(dataId);
    return true;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}

function checkDtype(dtype: DataType): DType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new TraceError(`tensors of type ${dtype} cannot be traced; use float32, int32 or bool`);
}

/** The backend, made by TF.js on first use. */
export function onnxBackend(): OnnxBackend {
  return engine().findBackend(backendName) as OnnxBackend;
}

type CpuBackend = KernelBackend & { data: DataStorage<{ values: BackendValues }> };

/** The graph values of the tensors that `compute` returns; frees everything else it made. */
export function valuesOf(compute: () => Tensor | Tensor[]): Value[] {
  let values: Value[] = [];
  tidy(() => {
    values = [compute()].flat().map((tensor) => onnxBackend().graphValue(tensor.dataId));
  });
  return values;
}

/** Computes a kernel on constants with TF.js's own reference implementation. */
function fold(
  name: string,
  inputs: KernelInputs,
  attributes: NamedAttrMap,
): ReturnType<Lowering> | null {
  const kernel = getKernel(name, "cpu");
  if (!kernel) return null;
  const cpu = engine().findBackend("cpu") as CpuBackend;
  const borrow = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
    const data = onnxBackend().graphValue(dataId).data as BackendValues;
    return { dataId: cpu.write(data, shape, dtype), shape, dtype };
  };
  const borrowed: KernelInputs = {};
  const made: TensorInfo[] = [];
  const keep = (info: TensorInfo) => {
    made.push(info);
    return info;
  };
  for (const [key, input] of Object.entries(inputs)) {
    if (Array.isArray(input)) borrowed[key] = input.map((info) => keep(borrow(info)));
    else if (input) borrowed[key] = keep(borrow(input));
  }
  const result = kernel.kernelFunc({
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

/** Whether a kernel is computed while tracing; one without inputs describes a constant anyway. */
function folds(inputs: Value[]): boolean {
  if (inputs.length === 0) return true;
  const size = inputs.reduce((sum, value) => sum + value.size, 0);
  return size <= foldLimit && inputs.every((value) => value.data) && env().getBool(foldFlag);
}

function register(name: string, lower: LoweringTable[string] | undefined): void {
  registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs = {} }) => {
      const backend = onnxBackend();
      const given = Object.entries(inputs as KernelInputs).flatMap(([key, input]) =>
        input ? [input].flat().map((info) => ({ key, info })) : [],
      );
      const list = given.map(({ info }) => reshape(backend.graphValue(info.dataId), info.shape));
      const folded = folds(list) ? fold(name, inputs, attrs) : null;
      if (!folded && !lower) {
        throw new TraceError(
          `the onnx engine has no kernel ${name}; write the step without the TF.js call that needs ` +
            "it, or train with --engine cpu or --engine tensorflow",
        );
      }
      const call = () => ({
        kernel: name,
        inputs: Object.fromEntries(given.map(({ key }, i) => [key, list[i]!])),
        list,
        attributes: attrs,
      });
      const result = folded ?? lower!(call());
      const infos = [result].flat().map((value): TensorInfo => {
        const dtype = value.dtype === "int64" ? "int32" : value.dtype;
        // A kernel that changes nothing shares its input's data, as in TF.js's own backends.
        const same = given.find(({ info }) => backend.graphValue(info.dataId) === value)?.info;
        if (same) backend.incRef(same.dataId);
        return { dataId: same?.dataId ?? backend.store(value), shape: value.shape, dtype };
      });
      return Array.isArray(result) ? infos : infos[0]!;
    },
  });
}

/**
 * Makes the backend known to TF.js. Kernels the cpu backend has and this one has not are known too,
 * so that they fold on constants and fail by name on symbols.
 */
export function registerOnnxBackend(execute: (values: Value[]) => void): void {
  if (engine().registryFactory[backendName]) return;
  registerBackend(backendName, () => new OnnxBackend(execute), 0);
  env().registerFlag(foldFlag, () => true);
  const names = new Set([
    ...Object.keys(lowerings),
    ...getKernelsForBackend("cpu").map((kernel) => kernel.kernelName),
  ]);
  for (const name of names) register(name, lowerings[name]);
}
