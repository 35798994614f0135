import { setImmediate as nextTurn } from "node:timers/promises";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { UserError } from "../error.ts";
import type { StepInput } from "./batches.ts";
import { type Engine, type Numbers, openEngine } from "./engines/engine.ts";
import { exportModel } from "./engines/onnx/index.ts";
import { registerCounterUniform } from "./engines/onnx/random.ts";
import type { AnyTask, Call } from "./task.ts";

export { minimise } from "./minimise.ts";
export { batches, counter, schedule } from "./batches.ts";
export { dropout, uniform } from "./engines/onnx/random.ts";

type Inputs = Record<string, StepInput>;
type Given<I extends Inputs> = { [Name in keyof I]: Tensor };
type Results = Scalar | Record<string, Scalar>;

export interface TrainOptions<I extends Inputs> {
  /**
   * One step: computes and changes variables, in TF.js. What it reads from JavaScript is fixed when
   * it is compiled; what changes from step to step is an input.
   * @returns the loss, or several numbers by name, the loss first.
   */
  step: (inputs: Given<I>) => Results;
  /** Most steps. */
  steps: number;
  /** By name, e.g. { ...batches({ x, y }, …), rate: schedule(…) }. */
  inputs?: I;
  /** Ends the training after a step with a loss below this. */
  stopBelow?: number;
  /**
   * Asked then, with variables up to date, whether to end there: a loss is that before the step,
   * which may have ended far from there. By default yes.
   */
  confirmStop?: () => boolean;
  /** Ends the training once the loss is the same at every step between two reports: no gradient. */
  stopAtRest?: boolean;
  /** Steps between two calls of `onChunk` and two reports (default: 20). */
  every?: number;
  /** Looks at the network in between; variables are up to date. */
  onChunk?: (at: { step: number; loss: number }) => void | Promise<void>;
}

export interface Training {
  /** Steps made. */
  steps: number;
  /** By name, a number per step made; "loss" where the step returns one number. */
  series: Record<string, number[]>;
  /** The last loss, which is that before the last change of the variables. */
  loss: number;
  endedBy: "steps" | "threshold" | "divergence" | "standstill";
}

/** What trains and evaluates, with the engine that the build asked for. */
export interface Lab {
  engine: Pick<Engine, "id" | "versions">;
  /**
   * Trains until the steps are made, the loss is low enough, or is no longer finite.
   * @throws UserError for inputs and results that do not fit.
   */
  train<const I extends Inputs = Record<never, never>>(options: TrainOptions<I>): Promise<Training>;
  /** The contents of the tensors that `compute` returns, with variables as they are. */
  evaluate(compute: () => Tensor[]): Float32Array[];
  /** Compiles a function of one input, [n, …], for many calls, with variables as they are. */
  forward(compute: (x: Tensor) => Tensor, shape: number[]): (x: Float32Array) => Float32Array;
  /** A function with variables as they are, as an ONNX file of standard operators. */
  exportModel: typeof exportModel;
}

const defaultEvery = 20;

/** Names of a step's results, found out when it is compiled. */
function nameResults(results: Results, names: string[]): Tensor[] {
  const named = "shape" in results ? { loss: results as Scalar } : results;
  names.splice(0, names.length, ...Object.keys(named));
  const tensors = Object.values(named);
  const odd = tensors.findIndex(({ size }) => size !== 1);
  if (odd >= 0) {
    throw new UserError(`the step's result “${names[odd]}” is no single number`, {
      hint: "take its mean, or leave it out",
    });
  }
  return tensors;
}

const isConstant = (losses: Numbers): boolean =>
  losses.length > 1 && losses.every((loss) => loss === losses[0]);

async function train<I extends Inputs>(
  engine: Engine,
  report: Call<AnyTask>["report"],
  options: TrainOptions<I>,
): Promise<Training> {
  const { step, steps, inputs = {} as I, every = defaultEvery, onChunk } = options;
  const { stopBelow, confirmStop = () => true, stopAtRest = false } = options;
  const inputNames = Object.keys(inputs);
  const names: string[] = [];
  const trainer = engine.program(
    (...tensors) => {
      const given = inputNames.map((name, i) => [name, tensors[i]!]);
      return nameResults(step(Object.fromEntries(given) as Given<I>), names);
    },
    inputNames.map((name) => inputs[name]!.spec),
    { stopBelow: stopBelow ?? null },
  );
  const series: Record<string, number[]> = {};
  let made = 0;
  const end = (endedBy: Training["endedBy"], loss: number): Training => ({
    steps: made,
    series,
    loss,
    endedBy,
  });
  try {
    let loss = NaN;
    while (made < steps) {
      const count = Math.min(every, steps - made);
      const results = trainer.run(
        count,
        inputNames.map((name) => inputs[name]!.take(made, count)),
      );
      names.forEach((name, i) => (series[name] ??= []).push(...(results[i] as Numbers)));
      made += results[0]!.length;
      loss = results[0]!.at(-1)!;
      if (!Number.isFinite(loss)) return end("divergence", loss);
      report({ step: made, steps, loss });
      if (onChunk) {
        trainer.sync();
        await onChunk({ step: made, loss });
      }
      if (stopBelow !== undefined && loss < stopBelow) {
        trainer.sync();
        if (confirmStop()) return end("threshold", loss);
      }
      if (stopAtRest && isConstant(results[0]!)) return end("standstill", loss);
      // The only moment in which this process hears that its parent is gone.
      await nextTurn();
    }
    return end("steps", loss);
  } finally {
    trainer.sync();
    trainer.dispose();
  }
}

/**
 * Opens the engine that the build asked for.
 * @throws UserError where it does not run here.
 */
export async function openLab({
  engine: { name, threads },
  report,
}: Pick<Call<AnyTask>, "engine" | "report">): Promise<Lab> {
  const engine = await openEngine(name, { threads });
  registerCounterUniform();
  return {
    engine,
    train: (options) => train(engine, report, options),
    evaluate: engine.evaluate,
    forward: engine.forward,
    exportModel,
  };
}
