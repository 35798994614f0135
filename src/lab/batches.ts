import { UserError } from "../error.ts";
import type { InputSpec, Numbers } from "./engines/engine.ts";
import { split } from "./random.ts";

/** What a step is given anew each time, under a name. */
export interface StepInput {
  spec: InputSpec;
  /** The values of the next steps, [steps, …shape] flattened. @param from steps made before. */
  take(from: number, steps: number): Numbers;
}

/** Rows of any shape, e.g. pictures [n, height, width, channels] or labels [n]. */
export interface Examples {
  data: Numbers;
  /** Outermost first; the first is the number of examples. */
  shape: readonly number[];
}

export interface BatchOptions {
  /** Examples of one step. */
  size: number;
  /** Names the random order; the same for arrays that belong together. */
  seed: number;
  /** A new random order in every epoch (default), or always the given one. */
  shuffle?: boolean;
  /**
   * What becomes of examples that do not fill the last batch of an epoch: "fill" (default) fills it
   * with the first of the next epoch, so that every example counts equally often; "drop" leaves them out.
   */
  last?: "fill" | "drop";
}

/** The order of the examples in one epoch. Source: Fisher and Yates, as in Knuth, TAOCP 3.4.2. */
function orderOf(
  epoch: number,
  count: number,
  { seed, shuffle = true }: BatchOptions,
): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  if (!shuffle) return order;
  const random = split(seed, `batches/epoch-${epoch}`);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Which example is the n-th of all that steps are given. */
function createPicker(count: number, options: BatchOptions): (n: number) => number {
  const { size, last = "fill" } = options;
  const used = last === "drop" ? count - (count % size) : count;
  let known = { epoch: -1, order: Uint32Array.of() as Uint32Array };
  return (n) => {
    const epoch = Math.floor(n / used);
    if (epoch !== known.epoch) known = { epoch, order: orderOf(epoch, count, options) };
    return known.order[n % used]!;
  };
}

const dtypeOf = (data: Numbers): "float32" | "int32" | "bool" =>
  data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "bool";

/**
 * Batches of examples for training, arrays that belong together in the same order.
 * @param arrays by name, with equally many examples each.
 * @throws UserError where they differ in number, or are fewer than a batch.
 */
export function batches<const A extends Record<string, Examples>>(
  arrays: A,
  options: BatchOptions,
): { [Name in keyof A]: StepInput } {
  const counts = [...new Set(Object.values(arrays).map(({ shape }) => shape[0] ?? 0))];
  const [count = 0] = counts;
  if (counts.length > 1) {
    throw new UserError(`batches of arrays with ${counts.join(" and ")} examples`, {
      hint: "arrays that belong together have equally many",
    });
  }
  const { size } = options;
  if (!Number.isSafeInteger(size) || size < 1 || size > count) {
    throw new UserError(`batches of ${size} from ${count} examples`, {
      hint: `a size from 1 to ${count}`,
    });
  }
  const inputOf = ({ data, shape }: Examples): StepInput => {
    const length = data.length / count;
    const pick = createPicker(count, options);
    return {
      spec: { shape: [size, ...shape.slice(1)], dtype: dtypeOf(data) },
      take(from, steps) {
        const taken = new (data.constructor as Float32ArrayConstructor)(steps * size * length);
        for (let i = 0; i < steps * size; i++) {
          const example = pick(from * size + i);
          taken.set(data.subarray(example * length, (example + 1) * length), i * length);
        }
        return taken;
      },
    };
  };
  return Object.fromEntries(
    Object.entries(arrays).map(([name, examples]) => [name, inputOf(examples)]),
  ) as { [Name in keyof A]: StepInput };
}

/** A number for every step, e.g. a learning rate. @param at from the steps made before, 0 at first. */
export const schedule = (at: (step: number) => number): StepInput => ({
  spec: { shape: [] },
  take: (from, steps) => Float32Array.from({ length: steps }, (_, i) => at(from + i)),
});

/** The number of steps made before, 0 at first: what makes random numbers differ from step to step. */
export const counter: StepInput = {
  spec: { shape: [], dtype: "int32" },
  take: (from, steps) => Int32Array.from({ length: steps }, (_, i) => from + i),
};
