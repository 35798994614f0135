import { Optimizer, Variable } from "@tensorflow/tfjs-core";

/** The count that TF.js keeps of an optimizer's steps, and saves with its weights. */
interface Counting {
  iterations_?: number;
  incrementIterations(): void;
}

const counting = (optimizer: Optimizer) => optimizer as unknown as Counting;

/** What a step does with an optimizer besides what a graph holds. */
export interface Use {
  optimizer: Optimizer;
  /** Its own steps in one of the program's. */
  steps: number;
  /** Whether it still has the rates and the slots that it had when the step was traced. */
  isCurrent(): boolean;
}

/**
 * Runs `trace`, which calls a step `calls` times, and leaves the optimizers' counts as they were.
 * @returns its result, and the optimizers that the step uses.
 */
export function watchOptimizers<T>(calls: number, trace: () => T): [T, Use[]] {
  const prototype = counting(Optimizer.prototype);
  const { incrementIterations } = prototype;
  const counts = new Map<Optimizer, number>();
  prototype.incrementIterations = function (this: Optimizer) {
    if (!counts.has(this)) counts.set(this, this.iterations);
    incrementIterations.call(this);
  };
  try {
    const result = trace();
    return [result, [...counts].map(([optimizer, count]) => createUse(optimizer, count, calls))];
  } finally {
    prototype.incrementIterations = incrementIterations;
    for (const [optimizer, count] of counts) counting(optimizer).iterations_ = count;
  }
}

function createUse(optimizer: Optimizer, count: number, calls: number): Use {
  const traced = settingsOf(optimizer);
  return {
    optimizer,
    steps: (optimizer.iterations - count) / calls,
    isCurrent() {
      const settings = settingsOf(optimizer);
      return (
        settings.length === traced.length &&
        settings.every((value, i) => Object.is(value, traced[i]))
      );
    },
  };
}

/** Its numbers and its variables: what a trace makes constants and states of. */
function settingsOf(optimizer: Optimizer): unknown[] {
  const { iterations_: _, ...own } = counting(optimizer);
  return Object.values(own)
    .flat()
    .flatMap((value: unknown) => {
      if (value === null || typeof value !== "object") return [value];
      const slot = "variable" in value ? value.variable : value;
      return slot instanceof Variable ? [slot] : [];
    });
}

/** Counts steps that a program made. */
export function countSteps(uses: readonly Use[], made: number): void {
  for (const { optimizer, steps } of uses) {
    counting(optimizer).iterations_ = optimizer.iterations + steps * made;
  }
}
