import { isDeepStrictEqual } from "node:util";
import { sortedValues } from "./order.ts";
import type { Recording } from "./trace.ts";
import { type Data, sameShape, type Value } from "./value.ts";

const bytesOf = ({ buffer, byteOffset, byteLength }: Data) =>
  Buffer.from(buffer, byteOffset, byteLength);

const sameData = (a: Data, b: Data): boolean => a === b || bytesOf(a).equals(bytesOf(b));

const kindOf = ({ shape, dtype }: Value) => `${dtype} [${shape.join(", ")}]`;

/** What tells two constants apart, else null. */
function compareConstants(a: Value, b: Value): string | null {
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) {
    return `is ${kindOf(a)} in one call and ${kindOf(b)} in the next`;
  }
  if (sameData(a.data!, b.data!)) return null;
  const at = a.data!.findIndex((x, i) => !Object.is(x, b.data![i]));
  return `is ${a.data![at]} in one call and ${b.data![at]} in the next`;
}

/** Tells whether values of two graphs are the same, once the values that they come from are known. */
function createPairs(inputs: readonly (readonly [Value, Value])[]) {
  const partners = new Map<Value, Value>(inputs);
  return {
    add: (a: Value, b: Value) => partners.set(a, b),
    /** What tells them apart, else null. */
    compare(a: Value, b: Value): string | null {
      if (a === b || partners.get(a) === b) return null;
      if (a.data && b.data) return compareConstants(a, b);
      return "comes from one place in one call and from another in the next";
    },
  };
}

/**
 * The first thing that tells two traces of a function apart, e.g. "a number that Mul reads is 0.1 in
 * one call and 0.05 in the next"; null where they are the same node by node.
 */
export function findDifference(a: Recording, b: Recording): string | null {
  if (a.outputs.length !== b.outputs.length) {
    return `it returns ${a.outputs.length} tensors in one call and ${b.outputs.length} in the next`;
  }
  const states = a.states.map((state) => {
    const other = b.states.find(({ variable }) => variable === state.variable);
    return { state, other };
  });
  const lone = states.find(({ other }) => !other)?.state ?? b.states[states.length];
  if (lone) return `it uses the variable ${lone.variable.name} in one call only`;
  const pairs = createPairs([
    ...a.inputs.map((input, i) => [input, b.inputs[i]!] as const),
    ...states.map(({ state, other }) => [state.before, other!.before] as const),
  ]);
  const ends = [
    ...a.outputs.map((value, i) => ({ name: `result ${i}`, value, other: b.outputs[i]! })),
    ...states.map(({ state, other }) => {
      const name = `the new value of the variable ${state.variable.name}`;
      return { name, value: state.after, other: other!.after };
    }),
  ];
  const others = sortedValues(ends.map(({ other }) => other));
  for (const [i, value] of sortedValues(ends.map(({ value }) => value)).entries()) {
    const other = others[i];
    const difference = other ? compareNodes(value, other, pairs) : "it does more in one call";
    if (difference) return difference;
    pairs.add(value, other!);
  }
  for (const { name, value, other } of ends) {
    const difference = pairs.compare(value, other);
    if (difference) return `${name} ${difference}`;
  }
  return null;
}

function compareNodes(a: Value, b: Value, pairs: ReturnType<typeof createPairs>): string | null {
  const [node, other] = [a.node!, b.node!];
  if (node.operator !== other.operator || node.inputs.length !== other.inputs.length) {
    return `it computes ${node.operator} in one call where it computes ${other.operator} in the next`;
  }
  for (const [i, input] of node.inputs.entries()) {
    const difference = pairs.compare(input, other.inputs[i]!);
    if (difference) return `what ${node.operator} reads ${difference}`;
  }
  if (!isDeepStrictEqual([node.attributes, node.output], [other.attributes, other.output])) {
    return `an attribute of ${node.operator} changes from one call to the next`;
  }
  return kindOf(a) === kindOf(b)
    ? null
    : `what ${node.operator} makes is ${kindOf(a)} in one call and ${kindOf(b)} in the next`;
}
