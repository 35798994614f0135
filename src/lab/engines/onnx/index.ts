import { engine, type Tensor } from "@tensorflow/tfjs-core";
import { UserError } from "../../../error.ts";
import { checkSteps } from "../contract.ts";
import { backendName, registerOnnxBackend } from "./backend.ts";
import { type ConvolutionForm, createScope, withScope } from "./build.ts";
import { settleAll } from "./copies.ts";
import { exportedModel } from "./exported.ts";
import { computeValues } from "./immediate.ts";
import { checkArrays, checkFunction, checkIdle, checkOptions, checkSpecs } from "./inputs.ts";
import { plainModel } from "./loop.ts";
import { createProgram, type StepProgram } from "./program.ts";
import { registerCounterUniform } from "./random.ts";
import { createSession, fromOrt, type Tensor as OrtTensor, tensor } from "./session.ts";
import {
  apply,
  namesOfContents,
  type Recording,
  recordTwice,
  symbols,
  type TensorSpec,
  withoutAssignments,
} from "./trace.ts";
import type { Data, Value } from "./value.ts";

export { TraceError } from "./kernel.ts";
export { dropout, uniform } from "./random.ts";
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
   * Makes `steps` steps from the state the last call left, or another program, or an assignment to a
   * variable since. After a change of an optimizer's rates the step is traced again.
   * @param batches one array per input, [steps, …shape] flattened.
   * @returns one array per result of the step, [steps made, …shape] flattened; fewer than asked
   * for only where `stopBelow` ended the run.
   * @throws UserError before the first step where the arrays do not fit.
   */
  run(steps: number, batches?: Data[]): Data[];
  /**
   * Writes the state into the TF.js variables that the step changed; one that was assigned since the
   * last run keeps what it was given.
   */
  sync(): void;
  /** Writes the state and frees the memory. */
  dispose(): void;
}

/** Computes values that TF.js wants to read, and lets them forget how they came about. */
function execute(values: Value[]): void {
  computeValues(values, 1).forEach((data, i) => {
    values[i]!.data = data;
    values[i]!.node = null;
  });
}

/** Registers the TF.js backend "onnx"; calling it again does nothing. */
export function registerOnnx(): void {
  registerOnnxBackend(execute);
  registerCounterUniform();
}

/**
 * Compiles a training step: it is called on symbols, and becomes a graph that ONNX Runtime repeats.
 * The step may take gradients, apply any TF.js optimizer and assign variables; what it reads from
 * JavaScript (rates, conditions, shapes) is fixed. It is called twice, to see that this is the same.
 * @param step from batches to results, e.g. the loss.
 * @param batches shape and type of each input of the step.
 * @throws TraceError naming the TF.js call that cannot be traced.
 * @throws UserError naming what changes between two calls, or what the step should have returned.
 */
export function jit(
  step: (...batches: Tensor[]) => Tensor | Tensor[],
  batches: readonly TensorSpec[] = [],
  options: JitOptions = {},
): Program {
  registerOnnx();
  checkSpecs("jit()", step, batches);
  checkOptions("jit()", options, ["threads", "convolution", "stopBelow"]);
  const { threads = 1, convolution = "winograd", stopBelow } = options;
  const settings = { threads, convolution, stopBelow: stopBelow ?? null };
  let program: StepProgram | null = createProgram(step, batches, settings);
  return {
    run(steps, arrays = []) {
      if (!program) {
        throw new UserError("run() of a program after its dispose()", {
          hint: "dispose of it after the last run, or compile the step again",
        });
      }
      checkSteps(steps);
      checkArrays(`run(${steps})`, batches, arrays, steps);
      if (!program.refresh()) {
        const outdated = program;
        program = createProgram(step, batches, settings);
        outdated.dispose();
      }
      return program.run(steps, arrays);
    },
    sync: () => program?.sync(),
    dispose() {
      program?.dispose();
      program = null;
    },
  };
}

/** Runs `body` with the onnx backend active and equal nodes merging, on variables as they are. */
function onOnnx<T>(convolution: ConvolutionForm, body: () => T): T {
  registerOnnx();
  checkIdle("compile(), evaluate() or exportModel()");
  settleAll();
  const tf = engine();
  const outer = tf.backendName;
  void tf.setBackend(backendName);
  try {
    return withScope(createScope(convolution), body);
  } finally {
    if (outer) void tf.setBackend(outer);
  }
}

/**
 * What a function computes of its inputs, on variables as they are.
 * @throws UserError if it assigns a variable, or changes from call to call.
 */
function recordFunction(
  call: string,
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
  specs: readonly TensorSpec[],
  convolution: ConvolutionForm,
): Recording {
  return recordTwice(() => {
    const inputs = symbols(specs);
    const outputs = onOnnx(convolution, () =>
      withoutAssignments(call, () => apply(compute, inputs)),
    );
    return { inputs, outputs, states: [] };
  });
}

/** A compiled function without state, e.g. a trained network. */
export interface Compiled {
  /** @returns the contents of each tensor that the function returns. */
  run(inputs?: Data[]): Data[];
  dispose(): void;
}

/**
 * Compiles a function for many calls. What does not depend on its inputs, such as the transforms of
 * a trained network's filters, is computed once, here; variables count with their current values.
 * @param inputs shape and type of each input.
 * @throws TraceError naming the TF.js call that cannot be traced.
 */
export function compile(
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
  inputs: readonly TensorSpec[] = [],
  options: Options = {},
): Compiled {
  const named = (values: Value[], prefix: string) =>
    values.map((value, i) => ({ value, name: `${prefix}_${i}` }));
  checkSpecs("compile()", compute, inputs);
  checkOptions("compile()", options, ["threads", "convolution"]);
  const { threads = 1, convolution = "winograd" } = options;
  const recording = recordFunction("compile()", compute, inputs, convolution);
  const taken = named(recording.inputs, "in");
  const given = named(recording.outputs, "out");
  let disposed = false;
  const session = createSession(plainModel(taken, given), threads);
  return {
    run(data = []) {
      if (disposed) {
        throw new UserError("run() of a compiled function after its dispose()", {
          hint: "dispose of it after the last run, or compile it again",
        });
      }
      checkArrays("run()", inputs, data, 1);
      const feeds = taken.map(({ value, name }, i) => [
        name,
        tensor(data[i]!, value.shape, value.dtype),
      ]);
      const found = session.run(
        Object.fromEntries(feeds) as Record<string, OrtTensor>,
        given.map(({ name }) => name),
      );
      return given.map(({ value, name }) => fromOrt(found[name]!, value.dtype));
    },
    dispose() {
      if (!disposed) session.dispose();
      disposed = true;
    },
  };
}

/**
 * Computes tensors with ONNX Runtime.
 * @returns the contents of each tensor that `compute` returns.
 */
export function evaluate(compute: () => Tensor | Tensor[], options: Options = {}): Data[] {
  checkFunction("evaluate()", compute);
  checkOptions("evaluate()", options, ["threads", "convolution"]);
  const { threads = 1, convolution = "winograd" } = options;
  return computeValues(
    onOnnx(convolution, () => apply(compute, [])),
    threads,
  );
}

/**
 * A TF.js function with the current values of its variables as an ONNX file of standard operators
 * (opset 18), readable by any ONNX runtime. Weights are named like their variables.
 * @param inputs name, shape and type of each input, in the order of the function's arguments.
 * @param outputs names of what the function returns; all names differ.
 * @throws UserError for names that a file cannot hold, for models above 2 GB, and for functions that
 * assign variables or change from call to call.
 */
export function exportModel(
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
  inputs: readonly (TensorSpec & { name: string })[],
  outputs: readonly string[] = ["output"],
): Uint8Array {
  checkSpecs("exportModel()", compute, inputs);
  const recording = recordFunction("exportModel()", compute, inputs, "conv");
  return exportedModel(
    { values: recording.inputs, names: inputs.map(({ name }) => name) },
    { values: recording.outputs, names: outputs },
    namesOfContents(),
  );
}
