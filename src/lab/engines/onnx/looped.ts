import type { Memory } from "./copies.ts";
import type { Program } from "./index.ts";
import { loopModel, names } from "./loop.ts";
import { createSession, fromOrt, release, type Tensor, tensor } from "./session.ts";
import { takeInitial, type Trace } from "./trace.ts";
import type { Data, Value } from "./value.ts";

/** A program that makes all steps of a call inside ONNX Runtime. */
export function loopedProgram(
  traced: Trace,
  { threads, stopBelow }: { threads: number; stopBelow: number | null },
): Pick<Program, "run" | "dispose"> & Memory {
  const { inputs, outputs, states } = traced;
  const session = createSession(loopModel(traced, stopBelow), threads);
  const feeds: Record<string, Tensor> = {};
  for (const state of states) {
    const { before } = state;
    feeds[names.state(before)] = tensor(takeInitial(state), before.shape, before.dtype);
  }
  /** States whose arrays came from ONNX Runtime, so that nobody else has them. */
  const owned = new Set<Value>();
  const replace = (before: Value, next: Tensor): void => {
    const name = names.state(before);
    const { buffer } = feeds[name]!.data as Data;
    feeds[name] = next;
    // Waiting for the garbage collector would keep several generations of weights.
    if (owned.has(before)) release(buffer);
  };
  const changed = states.filter(({ before, after }) => before !== after);
  const results = outputs.map((_, i) => names.result(i));
  const fetched = [...changed.map(({ before }) => names.next(before)), ...results];
  return {
    run(steps, batches = []) {
      feeds[names.steps] = tensor(BigInt64Array.of(BigInt(steps)), [], "int64");
      inputs.forEach((input, i) => {
        feeds[names.batch(input)] = tensor(batches[i]!, [steps, ...input.shape], input.dtype);
      });
      const found = session.run(feeds, fetched);
      for (const { before } of changed) {
        replace(before, found[names.next(before)]!);
        owned.add(before);
      }
      return results.map((name, i) => fromOrt(found[name]!, outputs[i]!.dtype));
    },
    load({ before }, data) {
      replace(before, tensor(data, before.shape, before.dtype));
      owned.delete(before);
    },
    contents: ({ before }) => fromOrt(feeds[names.state(before)]!, before.dtype),
    dispose: () => session.dispose(),
  };
}
