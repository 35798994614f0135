import {
  cast,
  div,
  engine,
  getKernel,
  greaterEqual,
  type KernelBackend,
  mul,
  registerKernel,
  type Scalar,
  Tensor,
} from "@tensorflow/tfjs-core";
import { UserError } from "../../../error.ts";
import { describe } from "../contract.ts";
import * as graph from "./build.ts";
import type { Lowering, LoweringTable } from "./kernel.ts";
import type { Value } from "./value.ts";

/*
 * Numbers that TF.js draws on the host are drawn once per trace, so a loop would repeat them. These
 * are a function of seed, step and place instead: the same in a graph, in JavaScript and on resuming.
 */

const kernelName = "CounterUniform";

/** Multipliers below 2³¹, so that products of 32-bit numbers fit into int64. */
const [first, second] = [0x21f0aaad, 0x735a2d97];

/**
 * A bijection of 32-bit integers whose output bits depend evenly on all input bits.
 * Source: C. Wellons, "Prospecting for hash functions", 2018, https://nullprogram.com/blog/2018/07/31/.
 */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), first);
  x = Math.imul(x ^ (x >>> 15), second);
  return (x ^ (x >>> 15)) >>> 0;
}

const keyOf = (seed: number, step: number) => mix((mix(seed) + step) >>> 0);

/** The numbers of one step, computed here. */
function draw(size: number, seed: number, step: number): Float32Array {
  const key = keyOf(seed, step);
  return Float32Array.from({ length: size }, (_, i) => (mix((key + i) >>> 0) >>> 8) * 2 ** -24);
}

const int64 = (value: number) => graph.scalar(value, "int64");
const modulo = (x: Value) => graph.emit("BitwiseAnd", [x, int64(0xffffffff)], x.shape, "int64");

function mixValue(x: Value): Value {
  const shift = (value: Value, bits: number) =>
    graph.binary("Div", value, int64(2 ** bits), "int64");
  const fold = (value: Value, bits: number) =>
    graph.emit("BitwiseXor", [value, shift(value, bits)], value.shape, "int64");
  const once = modulo(graph.mul(fold(x, 16), int64(first)));
  return fold(modulo(graph.mul(fold(once, 15), int64(second))), 15);
}

/** The same numbers as graph nodes, for a step that is itself a value of the graph. */
const counterUniform: Lowering = ({ inputs: { step }, attributes }) => {
  const { shape, seed } = attributes as { shape: number[]; seed: number };
  const size = shape.reduce((product, d) => product * d, 1);
  const counter = graph.cast(graph.reshape(step!, []), "int64");
  const key = mixValue(modulo(graph.add(counter, int64(mix(seed)))));
  const places = BigInt64Array.from({ length: size }, (_, i) => BigInt(i));
  const bits = mixValue(modulo(graph.add(graph.constant(places, [size], "int64"), key)));
  const fraction = graph.cast(graph.binary("Div", bits, int64(2 ** 8), "int64"), "float32");
  return graph.reshape(graph.mul(fraction, graph.scalar(2 ** -24)), shape);
};

export const randomness: LoweringTable = { [kernelName]: counterUniform };

/** Makes the kernel known to the backends that compute at once. */
export function registerCounterUniform(): void {
  if (getKernel(kernelName, "cpu")) return;
  for (const backendName of ["cpu", "tensorflow"]) {
    registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const { shape, seed } = attrs as unknown as { shape: number[]; seed: number };
        const size = shape.reduce((product, d) => product * d, 1);
        const step = (backend as KernelBackend).readSync(inputs["step"]!.dataId) as Int32Array;
        const data = draw(size, seed, step[0]!);
        const dataId = (backend as KernelBackend).write(data, shape, "float32");
        return { dataId, shape, dtype: "float32" };
      },
    });
  }
}

/** @throws UserError for what random numbers cannot be drawn by. */
function checkDraw(call: string, shape: unknown, seed: unknown, step: unknown): void {
  if (!Array.isArray(shape) || !shape.every((d) => Number.isSafeInteger(d) && d >= 0)) {
    throw new UserError(`${call}: the shape is ${JSON.stringify(shape)}`, {
      hint: "give a list of whole numbers, e.g. [32, 10]",
    });
  }
  if (!Number.isSafeInteger(seed)) {
    throw new UserError(`${call}: the seed is ${describe(seed)}`, { hint: "give a whole number" });
  }
  if (!(step instanceof Tensor) || step.size !== 1) {
    const found = step instanceof Tensor ? `of shape [${step.shape.join(", ")}]` : describe(step);
    throw new UserError(`${call}: the step is ${found}`, {
      hint: 'pass a scalar, e.g. tf.variable(tf.scalar(0, "int32")), that the training step counts up',
    });
  }
}

/**
 * Uniform random numbers in [0, 1) that differ from step to step inside a traced loop.
 * @param seed a whole number; each use in a model takes one of its own.
 * @param step int32, e.g. a variable that the step itself counts up.
 * @returns float32 of the given shape, equal on every backend for equal seed and step.
 * @throws UserError for a seed or a step that is none.
 */
export function uniform(shape: number[], seed: number, step: Scalar): Tensor {
  checkDraw("uniform()", shape, seed, step);
  const attributes = { shape, seed: seed >>> 0 };
  return engine().runKernel<Tensor>(kernelName, { step }, attributes);
}

/**
 * Sets a share `rate` of the elements to zero, anew in every step, and scales the others by
 * 1 / (1 − rate). Source: Srivastava et al., Dropout, JMLR 15, 2014.
 * @param rate in [0, 1)
 * @throws UserError for others.
 */
export function dropout<T extends Tensor>(x: T, rate: number, seed: number, step: Scalar): T {
  checkDraw("dropout()", x.shape, seed, step);
  if (!(rate >= 0 && rate < 1)) {
    throw new UserError(`dropout(): the rate is ${describe(rate)}`, {
      hint: "give the share to drop, at least 0 and less than 1",
    });
  }
  const kept = greaterEqual(uniform(x.shape, seed, step), rate);
  return mul(x, div(cast(kept, "float32"), 1 - rate)) as T;
}
