import type { Memory } from "./copies.ts";
import type { Program } from "./index.ts";
import { directModel } from "./loop.ts";
import { sortedValues } from "./order.ts";
import type { Group } from "./resident.ts";
import { createSession, type Tensor, tensor } from "./session.ts";
import { type State, takeInitial, type Trace } from "./trace.ts";
import { compileUpdate } from "./update.ts";
import { type Data, type Value, zeros } from "./value.ts";

/** Copies into an array of the same type. */
const copy = (from: Data, to: Data, at = 0): void =>
  (to as Float32Array).set(from as Float32Array, at);

/**
 * A program whose large states are updated in place after every run of the graph, which computes
 * the rest: the loss, the rows of the gradients and the small states.
 */
export function steppedProgram(
  { inputs, outputs, states }: Trace,
  groups: readonly Group[],
  { threads, stopBelow }: { threads: number; stopBelow: number | null },
): Pick<Program, "run" | "dispose"> & Memory {
  const update = compileUpdate(groups);
  const resident = new Set(groups.flatMap((group) => group.states));
  const small = states.filter((state) => !resident.has(state));
  const changed = small.filter(({ before, after }) => before !== after);
  const given = new Set([
    ...outputs,
    ...changed.map(({ after }) => after),
    ...update.inputs.keys(),
  ]);
  // Nodes leave the graph under their own names; what the graph does not make needs a name there.
  const nameOf = (value: Value) => (value.node ? value.name : `same_${value.name}`);
  const read = new Set([...given, ...sortedValues([...given]).flatMap(({ node }) => node!.inputs)]);
  const taken = states.filter(({ before }) => read.has(before));
  const model = directModel(
    [...inputs, ...taken.map(({ before }) => before)].map((value) => ({ value, name: value.name })),
    [...given].map((value) => ({ value, name: nameOf(value) })),
  );
  const session = createSession(model, threads);
  const results = new Map<Value, Data>();
  const targets: Record<string, Tensor> = {};
  for (const value of given) {
    const data = update.inputs.get(value) ?? zeros(value.size, value.dtype);
    results.set(value, data);
    targets[nameOf(value)] = tensor(data, value.shape, value.dtype);
  }
  const current = new Map<State, Data>(
    states.map((state) => [
      state,
      resident.has(state)
        ? update.view(state)
        : // What was handed over may be the variable's own.
          takeInitial(state).slice(),
    ]),
  );
  const feeds: Record<string, Tensor> = {};
  for (const state of taken) {
    const { name, shape, dtype } = state.before;
    feeds[name] = tensor(current.get(state)!, shape, dtype);
  }

  const makeStep = (): void => {
    session.runInto(feeds, targets);
    for (const state of changed) copy(results.get(state.after)!, current.get(state)!);
    update.run();
  };

  return {
    run(steps, batches = []) {
      const history = outputs.map(({ size, dtype }) => zeros(steps * size, dtype));
      let made = 0;
      while (made < steps) {
        inputs.forEach(({ name, shape, dtype, size }, i) => {
          const batch = batches[i]!.subarray(made * size, (made + 1) * size);
          feeds[name] = tensor(batch, shape, dtype);
        });
        makeStep();
        outputs.forEach((value, i) => copy(results.get(value)!, history[i]!, made * value.size));
        made++;
        if (stopBelow !== null && !(history[0]![made - 1]! >= stopBelow)) break;
      }
      return history.map((all, i) => all.slice(0, made * outputs[i]!.size));
    },
    load: (state, data) => copy(data, current.get(state)!),
    contents: (state) => current.get(state)!,
    dispose: () => session.dispose(),
  };
}
