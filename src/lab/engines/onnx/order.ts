import type { Value } from "./value.ts";

/** The values that nodes make on the way to `outputs`, inputs before their users. */
export function sortedValues(outputs: readonly Value[]): Value[] {
  const sorted: Value[] = [];
  const seen = new Set<Value>();
  const stack = outputs.toReversed().map((value) => ({ value, next: 0 }));
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    if (top.next === 0 && seen.has(top.value)) {
      stack.pop();
      continue;
    }
    seen.add(top.value);
    const inputs = top.value.node?.inputs ?? [];
    const input = inputs[top.next++];
    if (input) {
      if (!seen.has(input)) stack.push({ value: input, next: 0 });
      continue;
    }
    if (top.value.node) sorted.push(top.value);
    stack.pop();
  }
  return sorted;
}

/** How often each value is read by a node or leaves the graph. */
export function countUses(sorted: readonly Value[], outputs: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const value of sorted) value.node!.inputs.forEach(use);
  outputs.forEach(use);
  return uses;
}
