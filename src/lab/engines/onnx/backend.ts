import {
  backend_util,
  type BackendValues,
  DataStorage,
  type DataType,
  engine,
  env,
  getKernelsForBackend,
  KernelBackend,
  registerBackend,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tidy,
  util,
} from "@tensorflow/tfjs-core";
import "../tfjs.ts";
import { reshape, unary } from "./build.ts";
import { type Complex, isComplexCall, lowerComplex, type Part } from "./complex.ts";
import { fold, foldFlag, folds } from "./fold.ts";
import { checkDtype, type KernelInputs, type Lowering, TraceError } from "./kernel.ts";
import { lowerings } from "./kernels/index.ts";
import { sortedValues } from "./order.ts";
import { type Data, toData, Value, zeros } from "./value.ts";

export const backendName = "onnx";

interface Stored {
  value: Value;
  /** The second part of a complex tensor, whose first is the value. */
  imaginary: Value | null;
  references: number;
}

/** Takes data over from another backend, which loses it: what cannot be taken stays there. */
function moveData(backend: KernelBackend, dataId: object): void {
  const tf = engine();
  checkDtype(tf.state.tensorInfo.get(dataId)!.dtype);
  tf.moveData(backend, dataId);
}

/**
 * A TF.js backend that computes nothing: every kernel call appends nodes to a graph. Reading a
 * tensor outside a trace executes the graph that leads to it.
 */
export class OnnxBackend extends KernelBackend {
  readonly #data = new DataStorage<Stored>(this, { moveData });
  readonly #execute: (values: Value[]) => void;
  /** While a function is traced, symbols have no values to read. */
  tracing = false;

  constructor(execute: (values: Value[]) => void) {
    super();
    this.#execute = execute;
  }

  graphValue(dataId: object): Value {
    const { value, imaginary } = this.#data.get(dataId);
    if (!imaginary) return value;
    throw new TraceError(
      "a complex tensor cannot leave the graph; return tf.real and tf.imag of it",
    );
  }

  partsOf(dataId: object): { real: Value; imaginary: Value | null } {
    const { value, imaginary } = this.#data.get(dataId);
    return { real: value, imaginary };
  }

  /** A new data id for a value. */
  store(value: Value, imaginary: Value | null = null): object {
    const dataId = {};
    this.#data.set(dataId, { value, imaginary, references: 1 });
    return dataId;
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): object {
    const known = checkDtype(dtype);
    const data = values
      ? toData(values as unknown as ArrayLike<number>, known)
      : zeros(util.sizeFromShape(shape), known);
    const value = new Value(shape, known, { data });
    return this.store(env().getBool(foldFlag) ? value : unary("Identity", value));
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
    const value = new Value(shape, known, { data });
    this.#data.set(dataId, { value, imaginary: null, references });
  }

  override readSync(dataId: object): BackendValues {
    const { value, imaginary } = this.#data.get(dataId);
    const real = this.#read(value);
    if (!imaginary) return real as BackendValues;
    const parts = [real, this.#read(imaginary)] as [Float32Array, Float32Array];
    return backend_util.mergeRealAndImagArrays(...parts);
  }

  #read(value: Value): Data {
    if (!value.data) {
      if (this.tracing && dependsOnSymbol(value)) {
        const source = value.node ? `made by ${value.node.operator}` : "an input or a variable";
        throw new TraceError(
          `what is traced reads a tensor of shape [${value.shape.join(", ")}] (${source}): ` +
            "dataSync, arraySync, data and print have no values yet; return the tensor instead",
        );
      }
      this.#execute([value]);
    }
    return value.data!;
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

/** Whether a value comes of something that has none while a function is traced. */
function dependsOnSymbol(value: Value): boolean {
  const read = sortedValues([value]).flatMap(({ node }) => node!.inputs);
  return [value, ...read].some(({ data, node }) => !data && !node);
}

/** The backend, made by TF.js on first use. */
export function onnxBackend(): OnnxBackend {
  return engine().findBackend(backendName) as OnnxBackend;
}

/** The graph values of the tensors that `compute` returns; frees everything else it made. */
export function valuesOf(compute: () => Tensor | Tensor[]): Value[] {
  let values: Value[] = [];
  tidy(() => {
    values = [compute()].flat().map((tensor) => onnxBackend().graphValue(tensor.dataId));
  });
  return values;
}

/** What TF.js is told of a result; a kernel that changes nothing shares its input's data. */
function describe(result: Value | Complex, parts: Part[]): TensorInfo {
  const backend = onnxBackend();
  const { real, imaginary } = "imaginary" in result ? result : { real: result, imaginary: null };
  const { shape, dtype } = real;
  const same = parts.find(({ dataId }) => {
    const stored = backend.partsOf(dataId);
    return stored.real === real && stored.imaginary === imaginary;
  });
  if (same) backend.incRef(same.dataId);
  const dataId = same?.dataId ?? backend.store(real, imaginary);
  if (imaginary) return { dataId, shape, dtype: "complex64" };
  return { dataId, shape, dtype: dtype === "int64" ? "int32" : dtype };
}

function register(kernel: string): void {
  registerKernel({
    kernelName: kernel,
    backendName,
    kernelFunc: ({ inputs, attrs: attributes = {} }) => {
      const backend = onnxBackend();
      const given = inputs as KernelInputs;
      const parts = Object.entries(given).flatMap(([key, input]) =>
        [input ?? []].flat().map(({ dataId, shape }): Part => {
          const { real, imaginary } = backend.partsOf(dataId);
          return {
            key,
            dataId,
            real: reshape(real, shape),
            imaginary: imaginary && reshape(imaginary, shape),
          };
        }),
      );
      const lower = () => {
        if (isComplexCall(kernel, parts, attributes)) {
          return lowerComplex(kernel, parts, attributes, lowerings);
        }
        const list = parts.map(({ real }) => real);
        if (folds(kernel, list)) {
          return fold(kernel, given, attributes, (dataId) => backend.graphValue(dataId));
        }
        const named = Object.fromEntries(parts.map(({ key, real }) => [key, real]));
        return lowering(kernel)({ kernel, inputs: named, list, attributes });
      };
      const result = lower();
      const infos = [result].flat().map((part) => describe(part, parts));
      return Array.isArray(result) ? infos : infos[0]!;
    },
  });
}

/** @throws TraceError if there is none. */
function lowering(kernel: string): Lowering {
  const lower = lowerings[kernel];
  if (lower) return lower;
  throw new TraceError(
    `the onnx engine has no kernel ${kernel}; write the step without the TF.js call that needs ` +
      "it, or train with --engine cpu or --engine tensorflow",
  );
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
  for (const name of names) register(name);
}
