import { sortedValues } from "./order.ts";
import { outerOf } from "./outer.ts";
import type { State, Trace } from "./trace.ts";
import { sameShape, type Value } from "./value.ts";
import { arithmetic } from "./wasm.ts";

/** Below this many elements, starting a run per step costs more than the passes it saves. */
const smallest = 2 ** 17;

/** States that are updated together, and the values between them, inputs before their users. */
export interface Group {
  /** [rows, columns] of all of them; columns is a multiple of four. */
  shape: [number, number];
  states: State[];
  values: Value[];
  /** Arrays of the same shape that the graph computes: gradients that are no outer products. */
  streams: Value[];
}

/** A number that all elements meet. */
export const isShared = (value: Value): boolean => value.size === 1;

const isLarge = ({ size, dtype }: Value) =>
  size >= smallest && size % 4 === 0 && dtype === "float32";

/**
 * The large arrays that a step updates element by element, from themselves, from each other, from
 * outer products of two rows, from gradients and from scalars: the weights of dense and convolution
 * layers, and what optimizers keep of them.
 */
export function findResident(traced: Trace): Group[] {
  const { states, outputs } = traced;
  const sorted = sortedValues([...outputs, ...states.map(({ after }) => after)]);
  const readers = new Map<Value, Value[]>();
  for (const value of sorted) {
    for (const input of value.node!.inputs) {
      readers.set(input, [...(readers.get(input) ?? []), value]);
    }
  }
  const byBefore = new Map(states.map((state) => [state.before, state]));
  const members = new Set<Value>();
  for (const { before, after } of states) {
    if (before !== after && isLarge(before)) members.add(before);
  }
  for (const value of sorted) if (isLarge(value) && isElementwise(value)) members.add(value);
  const belongs = (value: Value): boolean => {
    const state = byBefore.get(value);
    if (state) return members.has(state.after);
    return (
      !outputs.includes(value) &&
      (readers.get(value) ?? []).every((reader) => members.has(reader)) &&
      states.every(({ before, after }) => after !== value || members.has(before))
    );
  };
  // Taking one out may take others with it.
  for (let size = -1; size !== members.size;) {
    size = members.size;
    for (const value of members) if (!belongs(value)) members.delete(value);
  }
  const resident = states.filter(({ before }) => members.has(before));
  return groupStates(resident, sorted, members);
}

/** The inputs that a value meets element by element: all but the rows of an outer product. */
function matricesOf(value: Value): Value[] {
  const outer = outerOf(value);
  return outer ? (outer.C ? [outer.C] : []) : value.node!.inputs;
}

function isElementwise(value: Value): boolean {
  const { operator, inputs } = value.node!;
  const outer = outerOf(value);
  if (outer) {
    return value.shape[1]! % 4 === 0 && (!outer.C || sameShape(outer.C.shape, value.shape));
  }
  return (
    operator in arithmetic &&
    inputs.every((input) => isShared(input) || sameShape(input.shape, value.shape))
  );
}

/** States whose new values share a term belong together: a pass computes it once. */
function groupStates(states: State[], sorted: readonly Value[], members: Set<Value>): Group[] {
  const terms = new Map(states.map((state) => [state, termsOf(state, members)]));
  const groups: { states: State[]; terms: Set<Value> }[] = [];
  for (const state of states) {
    const own = terms.get(state)!;
    const related = groups.filter((group) => [...own].some((term) => group.terms.has(term)));
    const merged = {
      states: [...related.flatMap((group) => group.states), state],
      terms: new Set([...own, ...related.flatMap((group) => [...group.terms])]),
    };
    groups.splice(0, groups.length, ...groups.filter((group) => !related.includes(group)), merged);
  }
  return groups.map(({ states, terms }) => {
    const values = sorted.filter((value) => terms.has(value));
    const { shape, size } = states[0]!.before;
    const matrices = values.flatMap(matricesOf).filter((input) => !isShared(input));
    return {
      shape: values.some(outerOf) ? (shape as [number, number]) : [1, size],
      states,
      values,
      streams: [...new Set(matrices.filter((input) => !terms.has(input)))],
    };
  });
}

/** Everything of the members that a state's new value depends on, and its old value. */
function termsOf({ before, after }: State, members: Set<Value>): Set<Value> {
  const terms = new Set<Value>();
  const visit = (value: Value): void => {
    if (!members.has(value) || terms.has(value)) return;
    terms.add(value);
    value.node?.inputs.forEach(visit);
  };
  visit(after);
  return terms.add(before);
}
