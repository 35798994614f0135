import { outerOf } from "./outer.ts";
import { type Group, isShared } from "./resident.ts";
import { type State, takeInitial } from "./trace.ts";
import type { Value } from "./value.ts";
import * as wasm from "./wasm.ts";

const bytesPerFloat = 4;
const cacheLine = 64;
const pageSize = 2 ** 16;

/** Large states in one memory, and the pass over them that ends a step. */
export interface Update {
  /** Where the pass expects gradients, rows and scalars, in the shapes that the graph makes. */
  inputs: ReadonlyMap<Value, Float32Array>;
  /** A state's elements, where they are. */
  view(state: State): Float32Array;
  run(): void;
}

/** The value whose elements a reshaped one has: as an output, the new shape would be a copy. */
function bare(value: Value): Value {
  return value.node?.operator === "Reshape" ? bare(value.node.inputs[0]!) : value;
}

/**
 * Compiles the updates of groups of states to WebAssembly. One pass reads every element of weights
 * and moments once and writes it in place; the same chain of graph nodes would stream whole
 * matrices through memory for each of its operators.
 */
export function compileUpdate(groups: readonly Group[]): Update {
  const befores = groups.flatMap((group) => group.states.map(({ before }) => before));
  const read = new Set(groups.flatMap(inputsOf).map(bare));
  let size = 0;
  const place = (values: Iterable<Value>): Map<Value, number> => {
    const addresses = new Map<Value, number>();
    for (const value of values) {
      addresses.set(value, size);
      size += Math.ceil((value.size * bytesPerFloat) / cacheLine) * cacheLine;
    }
    return addresses;
  };
  const addresses = { states: place(befores), inputs: place(read) };
  const pages = Math.ceil(size / pageSize);
  const memory = new WebAssembly.Memory({ initial: pages });
  const floats = (value: Value, address: number) =>
    new Float32Array(memory.buffer, address, value.size);
  const view = ({ before }: State) => floats(before, addresses.states.get(before)!);
  for (const { states } of groups) {
    for (const state of states) view(state).set(takeInitial(state) as Float32Array);
  }
  const inputs = new Map<Value, Float32Array>();
  for (const [value, address] of addresses.inputs) {
    if (value.data) floats(value, address).set(value.data as Float32Array);
    else inputs.set(value, floats(value, address));
  }
  const kernels = groups.map((group) => compileGroup(group, addresses));
  const module = new WebAssembly.Module(wasm.encodeModule(kernels, pages));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const passes = Object.values(exports) as (() => void)[];
  return {
    inputs,
    view,
    run() {
      for (const pass of passes) pass();
    },
  };
}

/** Gradients, both rows of every outer product, and scalars that are not constants. */
function inputsOf({ values, streams }: Group): Value[] {
  const small = values.flatMap((value) => {
    const outer = outerOf(value);
    if (outer) return [outer.a, outer.b];
    return value.node!.inputs.filter((input) => isShared(input) && !input.data);
  });
  return [...streams, ...small];
}

/** Byte offsets: of the row's factor, of the column's factor, of the element. */
const [row, column, element] = [0, 1, 2];
const integers = 3;
const stride = 4 * bytesPerFloat;

/** Hands out a local variable per key. */
function createLocals() {
  let count = 0;
  return {
    get count() {
      return count;
    },
    family() {
      const known = new Map<Value, number>();
      return (value: Value) => {
        if (!known.has(value)) known.set(value, integers + count++);
        return known.get(value)!;
      };
    },
  };
}

/** Two loops, over rows and over four columns at a time, around the group's element-wise chain. */
function compileGroup(
  { shape, states, values, streams }: Group,
  addresses: Record<"states" | "inputs", Map<Value, number>>,
) {
  const [rows, columns] = shape;
  const locals = createLocals();
  // A row may be either factor of an outer product, or both.
  const [localOf, rowFactor, columnFactor] = [locals.family(), locals.family(), locals.family()];
  const outers = values.flatMap((value) => outerOf(value) ?? []);
  const scalars = new Set(
    values.flatMap((value) => (outerOf(value) ? [] : value.node!.inputs)).filter(isShared),
  );
  const address = (value: Value) => addresses.inputs.get(bare(value))!;
  const stateAddress = (value: Value) => addresses.states.get(value)!;

  const operand = (input: Value) => wasm.get(localOf(input));
  const scaled = (factor: number, code: wasm.Code) =>
    factor === 1 ? code : [...code, ...wasm.splat(factor), ...wasm.arithmetic["Mul"]!];
  const compute = (value: Value): wasm.Code => {
    const outer = outerOf(value);
    if (!outer) {
      const { operator, inputs } = value.node!;
      return [...inputs.flatMap(operand), ...wasm.arithmetic[operator]!];
    }
    const { a, b, alpha, C, beta } = outer;
    const factors = [...wasm.get(rowFactor(a)), ...wasm.get(columnFactor(b))];
    const product = scaled(alpha, [...factors, ...wasm.arithmetic["Mul"]!]);
    return C ? [...product, ...scaled(beta, operand(C)), ...wasm.arithmetic["Add"]!] : product;
  };

  const code = [
    ...[...scalars].flatMap((scalar) => [
      ...(scalar.data
        ? wasm.splat(scalar.uniform!)
        : [...wasm.constant(0), ...wasm.loadSplat(address(scalar))]),
      ...wasm.set(localOf(scalar)),
    ]),
    ...wasm.repeatUntil(row, rows * bytesPerFloat, [
      ...[...new Set(outers.map(({ a }) => a))].flatMap((a) => [
        ...wasm.get(row),
        ...wasm.loadSplat(address(a)),
        ...wasm.set(rowFactor(a)),
      ]),
      ...wasm.constant(0),
      ...wasm.set(column),
      ...wasm.repeatUntil(column, columns * bytesPerFloat, [
        ...[
          ...states.map(({ before }) => ({ value: before, from: stateAddress(before) })),
          ...streams.map((value) => ({ value, from: address(value) })),
        ].flatMap(({ value, from }) => [
          ...wasm.get(element),
          ...wasm.load(from),
          ...wasm.set(localOf(value)),
        ]),
        ...[...new Set(outers.map(({ b }) => b))].flatMap((b) => [
          ...wasm.get(column),
          ...wasm.load(address(b)),
          ...wasm.set(columnFactor(b)),
        ]),
        ...values.flatMap((value) => [...compute(value), ...wasm.set(localOf(value))]),
        ...states.flatMap(({ before, after }) => [
          ...wasm.get(element),
          ...wasm.get(localOf(after)),
          ...wasm.store(stateAddress(before)),
        ]),
        ...wasm.advance(element, stride),
        ...wasm.advance(column, stride),
      ]),
      ...wasm.advance(row, bytesPerFloat),
    ]),
  ];
  return { integers, vectors: locals.count, code };
}
