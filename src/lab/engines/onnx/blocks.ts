import { add, concat, emit, slice } from "./build.ts";
import { sortedValues } from "./order.ts";
import type { State, Trace } from "./trace.ts";
import { type Node, sameShape, Value } from "./value.ts";

/** Smaller states stay in the cache by themselves. */
const smallest = 2 ** 19;

/** Elements of a block. */
const blockSize = 2 ** 18;

/** Rows of a state that the loop carries as a tensor of their own. */
export interface Part {
  before: Value;
  after: Value;
  /** First element of the part in the state. */
  offset: number;
}

const elementwise = new Set([
  ...["Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "Sqrt", "Neg", "Abs", "Sign", "Reciprocal"],
  ...[
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Where",
    "Cast",
    "Exp",
    "Log",
    "Identity",
  ],
]);

const flag = (node: Node, name: string) => {
  const attribute = node.attributes[name];
  return Boolean(attribute && "int" in attribute && attribute.int);
};

const isProduct = (node: Node | null): node is Node =>
  node?.operator === "Gemm" || (node?.operator === "MatMul" && node.inputs.length === 2);

/** An input that every block reads whole: a scalar, or one row that all rows share. */
const isShared = (value: Value, shape: readonly number[]) =>
  value.size === 1 || (value.size === shape[1] && value.shape.at(-1) === shape[1]);

interface Reader {
  value: Value;
  index: number;
}

/**
 * Carries the large matrices of a step, weights and an optimizer's moments, as blocks of rows. An
 * optimizer's passes over one block then find it in the processor's cache, and the products that
 * read the whole matrix become sums or lists of products with its blocks.
 */
export function splitStates(traced: Trace): (State & { parts: Part[] })[] {
  const results = [...traced.outputs, ...traced.states.map(({ after }) => after)];
  const sorted = sortedValues(results);
  const readers = new Map<Value, Reader[]>();
  for (const value of sorted) {
    value.node!.inputs.forEach((input, index) => {
      readers.set(input, [...(readers.get(input) ?? []), { value, index }]);
    });
  }
  const blocked = findBlocked(traced, sorted, readers);
  const parts = new Map<Value, Value[]>();
  for (const state of traced.states) {
    if (!blocked.has(state.before)) continue;
    const { before } = state;
    parts.set(
      before,
      ranges(before).map(({ rows }) => new Value([rows, before.shape[1]!], before.dtype)),
    );
  }
  for (const value of sorted) if (blocked.has(value)) parts.set(value, splitValue(value, parts));
  for (const value of sorted) if (!blocked.has(value)) joinReader(value, parts);
  return traced.states.map((state) => {
    const { before, after } = state;
    const befores = parts.get(before);
    if (!befores) return { ...state, parts: [{ before, after, offset: 0 }] };
    const afters = parts.get(after)!;
    const columns = before.shape[1]!;
    return {
      ...state,
      parts: ranges(before).map(({ first }, i) => ({
        before: befores[i]!,
        after: afters[i]!,
        offset: first * columns,
      })),
    };
  });
}

function ranges({ shape }: Value): { first: number; rows: number }[] {
  const [rows, columns] = shape as [number, number];
  const count = Math.max(1, Math.round((rows * columns) / blockSize));
  const each = Math.ceil(rows / count);
  const list = [];
  for (let first = 0; first < rows; first += each)
    list.push({ first, rows: Math.min(each, rows - first) });
  return list;
}

/** The matrices that can be taken apart: whatever makes and reads them works on rows. */
function findBlocked(
  traced: Trace,
  sorted: readonly Value[],
  readers: Map<Value, Reader[]>,
): Set<Value> {
  const isLarge = ({ shape, size }: Value) => shape.length === 2 && size >= smallest;
  const blocked = new Set<Value>();
  const afters = new Map(traced.states.map((state) => [state.after, state]));
  for (const { before, after } of traced.states)
    if (isLarge(before) && after !== before) blocked.add(before);
  for (const value of sorted) {
    const node = value.node!;
    if (!isLarge(value)) continue;
    const works =
      node.operator === "Gemm" && flag(node, "transA")
        ? !node.inputs[2] ||
          sameShape(node.inputs[2].shape, value.shape) ||
          isShared(node.inputs[2], value.shape)
        : elementwise.has(node.operator) &&
          node.inputs.every(
            (input) => sameShape(input.shape, value.shape) || isShared(input, value.shape),
          );
    if (works) blocked.add(value);
  }
  const befores = new Map(traced.states.map((state) => [state.before, state]));
  const isInPlace = (value: Value): boolean => {
    const { shape } = value;
    const state = befores.get(value);
    if (state && !blocked.has(state.after)) return false;
    if (traced.outputs.includes(value)) return false;
    const end = afters.get(value);
    if (end && !blocked.has(end.before)) return false;
    const inputs = value.node?.inputs ?? [];
    const isGemm = value.node?.operator === "Gemm";
    const rowInputs = isGemm ? inputs.slice(2) : inputs;
    if (!rowInputs.every((input) => !sameShape(input.shape, shape) || blocked.has(input)))
      return false;
    return (readers.get(value) ?? []).every(({ value: reader, index }) => {
      if (blocked.has(reader)) return reader.node!.operator !== "Gemm" || index === 2;
      return isProduct(reader.node) && index === 1 && !flag(reader.node, "transA");
    });
  };
  // Taking one out may take others with it.
  for (let before = -1; before !== blocked.size;) {
    before = blocked.size;
    for (const value of blocked) if (!isInPlace(value)) blocked.delete(value);
  }
  return blocked;
}

/** The blocks of a matrix from those of its inputs. */
function splitValue(value: Value, parts: Map<Value, Value[]>): Value[] {
  const { operator, inputs, attributes, domain } = value.node!;
  const [, columns] = value.shape as [number, number];
  return ranges(value).map(({ first, rows }, i) => {
    const own = inputs.map((input, index) => {
      if (operator === "Gemm" && index === 0)
        return slice(input, [0, first], [input.shape[0]!, rows]);
      if (operator === "Gemm" && index === 1) return input;
      return parts.get(input)?.[i] ?? input;
    });
    return emit(operator, own, [rows, columns], value.dtype, attributes, domain);
  });
}

/** x·W or δ·Wᵀ with W in blocks. */
function joinReader(value: Value, parts: Map<Value, Value[]>): void {
  const node = value.node!;
  const blocks = isProduct(node) ? parts.get(node.inputs[1]!) : undefined;
  if (!blocks) return;
  const [x, W, C] = node.inputs as [Value, Value, Value | undefined];
  if (flag(node, "transB")) {
    const pieces = blocks.map((block) =>
      emit("Gemm", [x, block], [x.shape[0]!, block.shape[0]!], "float32", node.attributes),
    );
    const joined = concat(pieces, 1);
    value.node = C ? add(joined, C).node : joined.node;
    return;
  }
  let sum = C;
  ranges(W).forEach(({ first, rows }, i) => {
    const piece = slice(x, [0, first], [x.shape[0]!, rows]);
    const inputs = sum ? [piece, blocks[i]!, sum] : [piece, blocks[i]!];
    sum = emit("Gemm", inputs, value.shape, "float32", {});
  });
  value.node = sum!.node;
}
