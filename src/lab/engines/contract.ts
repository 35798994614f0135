import { Tensor } from "@tensorflow/tfjs-core";
import { UserError } from "../../error.ts";

/** A value in a sentence, e.g. "null", "the number 3", "a Promise". */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `the ${typeof value} ${String(value)}`;
  return `a value of type ${value.constructor?.name ?? "Object"}`;
}

/** @throws UserError unless it is a whole number of steps, at least one. */
export function checkSteps(steps: number): void {
  if (Number.isSafeInteger(steps) && steps > 0) return;
  throw new UserError(`run(${String(steps)}) makes no steps`, {
    hint: "ask for a whole number of steps, at least 1",
  });
}

const advice = (value: unknown): string => {
  if (value instanceof Promise) {
    return "write it without async and await: a step is called once and must be done when it returns";
  }
  return value === null || value === undefined
    ? "return the loss: minimize() gives it if its second argument is true; return [] for no results"
    : "return a tensor or an array of tensors";
};

/**
 * What a traced or trained function returned, as tensors.
 * @param subject e.g. "the step"
 * @throws UserError for anything else, saying what to return.
 */
export function resultsOf(result: unknown, subject: string): Tensor[] {
  // Its own failure would end the process, after the sentence that explains it.
  if (result instanceof Promise) result.catch(() => undefined);
  const results = [result].flat();
  for (const value of results) {
    if (!(value instanceof Tensor)) {
      throw new UserError(`${subject} returned ${describe(value)} where a tensor is expected`, {
        hint: advice(value),
      });
    }
    if (value.isDisposed) {
      throw new UserError(`${subject} returned a tensor that is disposed of`, {
        hint: "return it from tf.tidy(), or leave out its dispose()",
      });
    }
  }
  return results as Tensor[];
}
