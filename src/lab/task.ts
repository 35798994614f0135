import { z } from "astro/zod";
import type { Command } from "./command.ts";
import { checkTask } from "./declaration.ts";
import type { Data, Gives } from "./input.ts";
import type { Held, Output } from "./output.ts";
import { type Axes, createTable, type Table, type TableDeclaration } from "./table.ts";

export { z };
export * from "./output.ts";

/** One output of one run of a task: what another task may read. */
export interface Ref<T extends AnyTask = AnyTask, K extends string = string> {
  task: T;
  params: unknown;
  output: K;
}

export const isRef = (value: unknown): value is Ref =>
  typeof value === "object" && value !== null && "task" in value && "output" in value;

export type Input = Data | Ref | readonly Input[];
export type Inputs = Record<string, Input>;

/** Work of a run that only planning knows of; no part of any key. */
export interface Needs {
  /** Seconds on one core, roughly: the order of runs and the progress of a build follow it. */
  seconds: number;
  /** Least memory at its peak, where that is known: a run beyond the machine's is not begun. */
  bytes?: number;
}

export interface TaskDeclaration<
  P extends z.ZodType = z.ZodType,
  I extends Inputs = Inputs,
  O extends Record<string, Output> = Record<string, Output>,
> {
  /** Lower-case words joined by hyphens; part of every key. */
  name: string;
  params: P;
  /** What the run reads; known from the parameters alone, before anything runs. */
  inputs?: (params: z.output<P>) => I;
  outputs: O;
  /** Module whose default export does the work, e.g. `new URL("train.ts", import.meta.url)`. */
  code: URL | Command;
  needs?: (params: z.output<P>) => Needs;
}

export interface Task<
  P extends z.ZodType = z.ZodType,
  I extends Inputs = Inputs,
  O extends Record<string, Output> = Record<string, Output>,
> extends Required<Omit<TaskDeclaration<P, I, O>, "needs">> {
  needs: (params: z.output<P>) => Needs;
  /** The outputs of the run with these parameters, for another task to read. */
  run(params: z.input<P>): { [K in keyof O & string]: Ref<Task<P, I, O>, K> };
  /** Runs over named axes: every combination of their values is one. */
  table<const A extends Axes>(
    declaration: TableDeclaration<A, z.input<P>>,
  ): Table<Task<P, I, O>, A>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- parameters stand on both sides of functions
export type AnyTask = Task<any, any, any>;

type Given<I> =
  I extends Ref<infer T, infer K>
    ? Held<T["outputs"][K]>
    : I extends Data
      ? Gives<I>
      : I extends readonly (infer E)[]
        ? Given<E>[]
        : never;

export type Out<T extends AnyTask> = { [K in keyof T["outputs"]]: Held<T["outputs"][K]> };
export type Params<T extends AnyTask> = z.output<T["params"]>;

export interface Progress {
  step: number;
  steps: number;
  loss?: number;
}

/** What the code of a task is called with. */
export interface Call<T extends AnyTask> {
  params: Params<T>;
  inputs: { [K in keyof ReturnType<T["inputs"]>]: Given<ReturnType<T["inputs"]>[K]> };
  /** Name and threads of the engine that the build asked for; see openEngine(). */
  engine: { name: string; threads: number };
  report: (progress: Progress) => void;
}

/** Bundles hold a copy of this module of their own; the registered symbol is the same in all. */
export const stopMark = Symbol.for("vitrine.stopped");

/** The outputs of a run that ended early for a reason in its results. */
export interface Stopped<V> {
  [stopMark]: string;
  outputs: Partial<V>;
}

/** What code returns where going on is pointless. @param reason e.g. "loss became NaN at step 41" */
export const stopped = <V>(reason: string, outputs: Partial<V>): Stopped<V> => ({
  [stopMark]: reason,
  outputs,
});

/** The default export of a task's module. */
export type Code<T extends AnyTask> = (call: Call<T>) => Promise<Out<T> | Stopped<Out<T>>>;

/**
 * Declares what a kind of run reads and yields. The declaration loads no code.
 * @throws UserError for misspelt keys and wrong values.
 */
export function defineTask<
  P extends z.ZodType,
  const O extends Record<string, Output>,
  I extends Inputs = Record<never, never>,
>(declaration: TaskDeclaration<P, I, O>): Task<P, I, O> {
  checkTask(declaration);
  const task: Task<P, I, O> = {
    inputs: () => ({}) as I,
    needs: () => ({ seconds: 1 }),
    ...declaration,
    run: (params) =>
      Object.fromEntries(
        Object.keys(declaration.outputs).map((output) => [output, { task, params, output }]),
      ) as ReturnType<Task<P, I, O>["run"]>,
    table: (declared) => createTable(task, declared),
  };
  return task;
}
