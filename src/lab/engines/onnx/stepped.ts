import type { Program } from "./index.ts";
import { plainModel } from "./loop.ts";
import { sortedValues } from "./order.ts";
import type { Group } from "./resident.ts";
import { createSession, fromOrt, release, type Tensor, tensor } from "./session.ts";
import { type State, takeInitial, type Trace } from "./trace.ts";
import { compileUpdate } from "./update.ts";
import { type Data, type Value, zeros } from "./value.ts";

/** A reshaped array leaves the graph as it was before: as an output the new shape would be a copy. */
function bare(value: Value): Value {
  return value.node?.operator === "Reshape" ? bare(value.node.inputs[0]!) : value;
}

/**
 * A program whose large states are updated in place after every run of the graph, which computes
 * the rest: the loss, the rows of the gradients and the small states.
 */
export function steppedProgram(
  { inputs, outputs, states }: Trace,
  groups: readonly Group[],
  { threads, stopBelow }: { threads: number; stopBelow: number | null },
): Pick<Program, "run" | "dispose"> & { contents(state: State): Data } {
  const update = compileUpdate(groups);
  const resident = new Set(groups.flatMap((group) => group.states));
  const small = states.filter((state) => !resident.has(state));
  const changed = small.filter(({ before, after }) => before !== after);
  const inputsOfUpdate = update.inputs.map(bare);
  const kept = new Set([...outputs, ...changed.map(({ after }) => after)]);
  const streams = new Set(groups.flatMap((group) => group.streams.map(bare)));
  const gradients = [...streams].filter((value) => !kept.has(value));
  const given = [...new Set([...outputs, ...changed.map(({ after }) => after), ...inputsOfUpdate])];
  // Nodes leave the graph under their own names; what the graph does not make needs a name there.
  const nameOf = (value: Value) => (value.node ? value.name : `same_${value.name}`);
  const read = new Set([...given, ...sortedValues(given).flatMap(({ node }) => node!.inputs)]);
  const taken = states.filter(({ before }) => read.has(before));
  const model = plainModel(
    [...inputs, ...taken.map(({ before }) => before)].map((value) => ({ value, name: value.name })),
    given.map((value) => ({ value, name: nameOf(value) })),
  );
  const session = createSession(model, threads);
  const names = given.map(nameOf);
  const current = new Map<State, Tensor>(
    states.map((state) => {
      const { before } = state;
      const data = resident.has(state) ? update.view(state) : takeInitial(state);
      return [state, tensor(data, before.shape, before.dtype)];
    }),
  );
  const feeds: Record<string, Tensor> = {};
  for (const state of taken) feeds[state.before.name] = current.get(state)!;

  const runStep = (): Record<string, Tensor> => {
    const found = session.run(feeds, names);
    for (const state of changed) {
      const next = found[nameOf(state.after)]!;
      current.set(state, next);
      if (state.before.name in feeds) feeds[state.before.name] = next;
    }
    update.run(inputsOfUpdate.map((value) => found[nameOf(value)]!.data as Data));
    for (const value of gradients) release((found[nameOf(value)]!.data as Data).buffer);
    return found;
  };

  return {
    run(steps, batches = []) {
      const results = outputs.map(({ size, dtype }) => zeros(steps * size, dtype) as Float32Array);
      let made = 0;
      while (made < steps) {
        inputs.forEach(({ name, shape, dtype, size }, i) => {
          const batch = batches[i]!.subarray(made * size, (made + 1) * size);
          feeds[name] = tensor(batch, shape, dtype);
        });
        const found = runStep();
        outputs.forEach((value, i) => {
          const result = fromOrt(found[nameOf(value)]!, value.dtype) as Float32Array;
          results[i]!.set(result, made * value.size);
        });
        made++;
        if (stopBelow !== null && !(results[0]![made - 1]! >= stopBelow)) break;
      }
      return results.map((result, i) => result.slice(0, made * outputs[i]!.size));
    },
    contents: (state) => fromOrt(current.get(state)!, state.before.dtype),
    dispose: () => session.dispose(),
  };
}
