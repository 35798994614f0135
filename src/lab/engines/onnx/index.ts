import { engine, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { backendName, onnxBackend, registerOnnxBackend, valuesOf } from "./backend.ts";
import { type ConvolutionForm, createScope, withScope } from "./build.ts";
import { loopModel, names, plainModel } from "./loop.ts";
import { simplify } from "./peephole.ts";
import { createSession, type Tensor as OrtTensor, tensor } from "./session.ts";
import { type TensorSpec, trace } from "./trace.ts";
import { type Data, type DType, toData, Value } from "./value.ts";

export { TraceError } from "./kernel.ts";
export type { ConvolutionForm } from "./build.ts";
export type { TensorSpec } from "./trace.ts";

export interface Options {
  /** Threads of one operator; results do not depend on it. */
  threads?: number;
  /** How convolutions are computed; "winograd" falls back to "im2col" where it does not apply. */
  convolution?: ConvolutionForm;
}

export interface JitOptions extends Options {
  /** Ends a run after the step whose first result, a scalar, is less than this, or NaN. */
  stopBelow?: number;
}

/** A training step, compiled. */
export interface Program {
  /**
   * Makes `steps` steps from the state the last call left.
   * @param batches one array per input, [steps, …shape] flattened.
   * @returns one array per result of the step, [steps made, …shape] flattened; fewer than asked
   * for only where `stopBelow` ended the run.
   */
  run(steps: number, batches?: Data[]): Data[];
  /** Writes the state into the TF.js variables that the step changed. */
  sync(): void;
  dispose(): void;
}

function execute(values: Value[]): void {
  const outputs = values.map((value, i) => ({ value, name: `out_${i}` }));
  const session = createSession(plainModel([], outputs), 1);
  const found = session.run(
    {},
    outputs.map(({ name }) => name),
  );
  outputs.forEach(({ value, name }) => {
    value.data = fromOrt(found[name]!, value.dtype);
    value.node = null;
  });
  session.dispose();
}

const fromOrt = (result: OrtTensor, dtype: DType): Data =>
  dtype === "int64" ? (result.data as BigInt64Array) : toData(result.data as Float32Array, dtype);

/** Registers the TF.js backend "onnx"; calling it again does nothing. */
export function registerOnnx(): void {
  registerOnnxBackend(execute);
}

/**
 * Compiles a training step: it is run once on symbols, and becomes a graph that ONNX Runtime
 * repeats. The step may take gradients, apply any TF.js optimizer and assign variables; what it
 * reads from JavaScript (learning rates, random numbers, conditions) is fixed by that one run.
 * @param step from batches to results, e.g. the loss.
 * @param batches shape and type of each input of the step.
 * @throws TraceError naming the TF.js call that cannot be traced.
 */
export function jit(
  step: (...batches: Tensor[]) => Tensor | Tensor[],
  batches: readonly TensorSpec[] = [],
  { threads = 1, convolution = "winograd", stopBelow }: JitOptions = {},
): Program {
  registerOnnx();
  const traced = simplify(trace(step, batches, convolution));
  const session = createSession(loopModel(traced, stopBelow ?? null), threads);
  const changed = traced.states.filter((state) => state.after !== state.before);
  const feeds: Record<string, OrtTensor> = Object.fromEntries(
    traced.states.map(({ before, initial }) => [
      names.state(before),
      tensor(initial, before.shape, before.dtype),
    ]),
  );
  const results = traced.outputs.map((_, i) => names.result(i));
  const outputs = [...changed.map(({ before }) => names.next(before)), ...results];
  return {
    run(steps, data = []) {
      feeds[names.steps] = tensor(BigInt64Array.of(BigInt(steps)), [], "int64");
      traced.inputs.forEach((input, i) => {
        feeds[names.batch(input)] = tensor(data[i]!, [steps, ...input.shape], input.dtype);
      });
      const found = session.run(feeds, outputs);
      for (const { before } of changed) feeds[names.state(before)] = found[names.next(before)]!;
      return results.map((name, i) => fromOrt(found[name]!, traced.outputs[i]!.dtype));
    },
    sync() {
      for (const { variable, before } of changed) {
        write(variable, fromOrt(feeds[names.state(before)]!, before.dtype).slice());
      }
    },
    dispose: () => session.dispose(),
  };
}

function write(variable: Variable, data: Data): void {
  const backend = onnxBackend();
  const value = new Value(variable.shape, variable.dtype as DType, { data });
  const contents = engine().makeTensorFromDataId(
    backend.store(value),
    variable.shape,
    variable.dtype,
    backend,
  );
  variable.assign(contents);
  contents.dispose();
}

/** Runs `body` with the onnx backend active and equal nodes merging. */
function onOnnx<T>(convolution: ConvolutionForm, body: () => T): T {
  registerOnnx();
  const tf = engine();
  const outer = tf.backendName;
  void tf.setBackend(backendName);
  try {
    return withScope(createScope(convolution), body);
  } finally {
    void tf.setBackend(outer);
  }
}

/**
 * Computes tensors with ONNX Runtime.
 * @returns the contents of each tensor that `compute` returns.
 */
export function evaluate(
  compute: () => Tensor | Tensor[],
  { threads = 1, convolution = "winograd" }: Options = {},
): Data[] {
  return onOnnx(convolution, () => {
    const outputs = valuesOf(compute).map((value, i) => ({ value, name: `out_${i}` }));
    const session = createSession(plainModel([], outputs), threads);
    const found = session.run(
      {},
      outputs.map(({ name }) => name),
    );
    session.dispose();
    return outputs.map(({ value, name }) => fromOrt(found[name]!, value.dtype));
  });
}

/**
 * A TF.js function with the current values of its variables as an ONNX file of standard operators
 * (opset 18), readable by any ONNX runtime.
 * @param inputs name, shape and type of each input, in the order of the function's arguments.
 * @param outputs names of what the function returns.
 */
export function exportModel(
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
  inputs: readonly (TensorSpec & { name: string })[],
  outputs: readonly string[] = ["output"],
): Uint8Array {
  return onOnnx("conv", () => {
    const backend = onnxBackend();
    const symbols = inputs.map(({ name, shape, dtype }) => ({
      name,
      value: new Value(shape, dtype ?? "float32"),
    }));
    const results = valuesOf(() => {
      const tensors = symbols.map(({ value }) =>
        engine().makeTensorFromDataId(backend.store(value), value.shape, value.dtype as "float32"),
      );
      return compute(...tensors);
    });
    return plainModel(
      symbols,
      results.map((value, i) => ({ value, name: outputs[i]! })),
    );
  });
}
