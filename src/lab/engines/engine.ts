import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { UserError } from "../../error.ts";
import { nearest } from "../../nearest.ts";

/** A compiled training step. */
export interface Trainer {
  /**
   * Makes up to `steps` steps.
   * @returns the loss before each step; fewer than asked for after one below `stopBelow`, or NaN.
   */
  run(steps: number): Float32Array;
  /** Writes the state into the variables. */
  sync(): void;
  dispose(): void;
}

export type Numbers = Float32Array | Int32Array | Uint8Array;

/** Shape and type of one input of a step. */
export interface InputSpec {
  shape: number[];
  dtype?: "float32" | "int32" | "bool";
}

/** A compiled training step with inputs and any number of results. */
export interface StepTrainer {
  /**
   * Makes up to `steps` steps.
   * @param inputs per input of the step, [steps, …shape] flattened.
   * @returns per result of the step, [steps made, …shape] flattened; fewer than asked for after a
   * step whose first result is below `stopBelow`, or NaN.
   */
  run(steps: number, inputs: Numbers[]): Numbers[];
  /** Writes the state into the variables. */
  sync(): void;
  dispose(): void;
}

/** What computes: model code is written once, in TF.js, and runs on any of these. */
export interface Engine {
  /** Name and version; part of a run's key. */
  id: string;
  /** Package → version. */
  versions: Record<string, string>;
  /** Compiles a step without inputs; captured tensors are constants, variables are state. */
  compile(step: () => Scalar, options: { stopBelow: number }): Trainer;
  /** Compiles a step with inputs; captured tensors are constants, variables are state. */
  program(
    step: (...inputs: Tensor[]) => Tensor[],
    inputs: readonly InputSpec[],
    options: { stopBelow: number | null },
  ): StepTrainer;
  /**
   * Compiles a function of one input, [n, …], for many calls; captured tensors and variables count
   * with their current values.
   */
  forward(compute: (x: Tensor) => Tensor, shape: number[]): (x: Float32Array) => Float32Array;
  /** The contents of the tensors that `compute` returns. */
  evaluate(compute: () => Tensor[]): Float32Array[];
}

const engines = {
  onnx: async () => (await import("./onnx-engine.ts")).onnxEngine("winograd"),
  "onnx-im2col": async () => (await import("./onnx-engine.ts")).onnxEngine("im2col"),
  tensorflow: async () => (await import("./tensorflow.ts")).tensorflowEngine,
  cpu: async () => await (await import("./cpu.ts")).cpuEngine(),
};

export type EngineName = keyof typeof engines;
const engineNames = Object.keys(engines) as EngineName[];

const isEngineName = (name: string): name is EngineName => Object.hasOwn(engines, name);

/**
 * @param more names that the caller understands besides, for the hint.
 * @throws UserError for an unknown name, with the nearest known one.
 */
export function parseEngineName(name: string, more: readonly string[] = []): EngineName {
  if (isEngineName(name)) return name;
  const names = [...engineNames, ...more];
  const meant = nearest(name, names);
  throw new UserError(`unknown engine “${name}”`, {
    hint: meant ? `did you mean “${meant}”?` : `one of ${names.join(", ")}`,
  });
}

/** @throws UserError for an unknown name, or an engine that is not installed. */
export async function openEngine(name: string, options: { threads: number }): Promise<Engine> {
  const create = await engines[parseEngineName(name)]();
  return await create(options);
}
