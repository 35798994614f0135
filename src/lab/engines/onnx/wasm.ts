/*
 * The few pages of the WebAssembly binary format that element-wise kernels need.
 * Source: WebAssembly Core Specification 2.0, chapter 5, and its vector instructions.
 */

export type Code = number[];

/** Unsigned LEB128. */
function unsigned(value: number): Code {
  const bytes: Code = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) + (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** Signed LEB128 of a number below 2³², as i32.const wraps it. */
function signed(value: number): Code {
  let rest = value | 0;
  const bytes: Code = [];
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

const list = (items: Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const name = (text: string): Code =>
  list([...new TextEncoder().encode(text)].map((byte) => [byte]));

const i32 = 0x7f;
const v128 = 0x7b;

/** Alignment (a hint, as a power of two) and constant offset of an access. */
const at = (alignment: number, offset: number): Code => [alignment, ...unsigned(offset)];
const vector = (instruction: number): Code => [0xfd, ...unsigned(instruction)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];
/** local ← local + amount */
export const advance = (local: number, amount: number): Code => [
  ...get(local),
  ...constant(amount),
  0x6a,
  ...set(local),
];

/** Loads four floats from the address on the stack plus `offset`. */
export const load = (offset: number): Code => [...vector(0), ...at(2, offset)];
/** Loads one float into all four lanes. */
export const loadSplat = (offset: number): Code => [...vector(9), ...at(2, offset)];
/** Stores four floats at the address below them on the stack plus `offset`. */
export const store = (offset: number): Code => [...vector(11), ...at(2, offset)];
/** Four times the same float. */
export const splat = (value: number): Code => {
  const bytes = new Uint8Array(Float32Array.of(value, value, value, value).buffer);
  return [...vector(12), ...bytes];
};

/** Instructions on four floats, by the name of the ONNX operator. */
export const arithmetic: Record<string, Code> = {
  Abs: vector(0xe0),
  Neg: vector(0xe1),
  Sqrt: vector(0xe3),
  Add: vector(0xe4),
  Sub: vector(0xe5),
  Mul: vector(0xe6),
  Div: vector(0xe7),
  Min: vector(0xe8),
  Max: vector(0xe9),
};

/** Repeats `body` until the local has grown to `end`; the body runs at least once. */
export const repeatUntil = (local: number, end: number, body: Code): Code => [
  ...[0x03, 0x40],
  ...body,
  ...get(local),
  ...constant(end),
  ...[0x49, 0x0d, 0x00, 0x0b],
];

export interface Kernel {
  /** Locals 0 … integers − 1 are i32, those after them v128; all start at 0. */
  integers: number;
  vectors: number;
  code: Code;
}

/**
 * A module of kernels without parameters on one memory, which it imports as env.memory and whose
 * addresses are baked into the code.
 * @param pages least size of the memory, in units of 64 KiB.
 * @returns its bytes; it exports kernel i as "i".
 */
export function encodeModule(kernels: readonly Kernel[], pages: number): Uint8Array<ArrayBuffer> {
  const locals = ({ integers, vectors }: Kernel) =>
    list([
      [...unsigned(integers), i32],
      [...unsigned(vectors), v128],
    ]);
  const bodies = kernels.map((kernel) => {
    const body = [...locals(kernel), ...kernel.code, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([[0x60, 0x00, 0x00]])),
    ...section(2, list([[...name("env"), ...name("memory"), 0x02, 0x00, ...unsigned(pages)]])),
    ...section(3, list(kernels.map(() => [0x00]))),
    ...section(7, list(kernels.map((_, i) => [...name(String(i)), 0x00, ...unsigned(i)]))),
    ...section(10, list(bodies)),
  ]);
}
