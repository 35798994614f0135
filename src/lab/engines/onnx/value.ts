export type DType = "float32" | "int32" | "bool" | "int64";
export type Data = Float32Array | Int32Array | Uint8Array | BigInt64Array;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** A node's attribute, tagged as in ONNX's AttributeProto. */
export type Attribute =
  { int: number } | { float: number } | { ints: number[] } | { string: string };

export interface Node {
  operator: string;
  /** "" is ONNX's own operator set, "com.microsoft" ONNX Runtime's. */
  domain: string;
  inputs: Value[];
  attributes: Record<string, Attribute>;
  /** Which of the operator's outputs the value is, where there are several. */
  output?: { index: number; count: number };
}

/**
 * One tensor of a graph: a constant (`data`), the output of a node (`node`), or, with neither, an
 * input. Graphs are these values linked through their nodes; there is no list to keep in step.
 */
export class Value {
  static #count = 0;
  readonly id = Value.#count++;
  readonly shape: number[];
  readonly dtype: DType;
  data: Data | null;
  node: Node | null;
  #uniform: number | null | undefined;

  constructor(shape: readonly number[], dtype: DType, source: { data?: Data; node?: Node } = {}) {
    this.shape = [...shape];
    this.dtype = dtype;
    this.data = source.data ?? null;
    this.node = source.node ?? null;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get name(): string {
    return `v${this.id}`;
  }

  /** The number that all elements of a constant equal, else null. */
  get uniform(): number | null {
    if (this.#uniform === undefined) this.#uniform = uniformOf(this.data);
    return this.#uniform;
  }
}

function uniformOf(data: Data | null): number | null {
  if (!data || data.length === 0) return null;
  const first = data[0]!;
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return null;
  return Number(first);
}

/** The array that holds the elements of each TF.js type. */
export const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Typed array of a TF.js dtype from numbers; the array itself if it has the type already. */
export function toData(values: ArrayLike<number>, dtype: DType): Data {
  if (dtype === "int64") return BigInt64Array.from(Array.from(values, BigInt));
  return values instanceof arrays[dtype] ? values : arrays[dtype].from(values);
}

export function zeros(size: number, dtype: DType): Data {
  return dtype === "int64" ? new BigInt64Array(size) : new arrays[dtype](size);
}
