import { UserError } from "../../../error.ts";
import { describe } from "../contract.ts";
import { onnxBackend } from "./backend.ts";
import type { TensorSpec } from "./trace.ts";
import { arrays, type Data, sizeOf } from "./value.ts";

const typeOf = ({ dtype }: TensorSpec) => dtype ?? "float32";

/** @throws UserError unless it is a function. */
export function checkFunction(call: string, compute: unknown): void {
  if (typeof compute === "function") return;
  throw new UserError(`${call} takes a function, and got ${describe(compute)}`, {
    hint: "pass TF.js code to call, e.g. (x) => tf.mul(x, 2)",
  });
}

const options: Record<string, { holds(value: unknown): boolean; hint: string }> = {
  threads: {
    holds: (value) => Number.isSafeInteger(value) && Number(value) > 0,
    hint: "give a whole number, at least 1",
  },
  convolution: {
    holds: (value) => ["winograd", "im2col", "conv"].includes(value as string),
    hint: "one of winograd, im2col",
  },
  stopBelow: {
    holds: (value) => typeof value === "number" && !Number.isNaN(value),
    hint: "give a number, e.g. 1e-4",
  },
};

/**
 * @param given what the caller passed as options.
 * @param known the options that the call has.
 * @throws UserError for others, and for values that an option cannot have.
 */
export function checkOptions(call: string, given: object, known: readonly string[]): void {
  if (typeof given !== "object" || given === null) {
    throw new UserError(`${call} takes options as an object, and got ${describe(given)}`, {
      hint: `leave them out, or pass some of ${known.join(", ")}`,
    });
  }
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    if (!known.includes(key)) {
      throw new UserError(`${call} has no option ${key}`, { hint: `one of ${known.join(", ")}` });
    }
    const { holds, hint } = options[key]!;
    if (value !== undefined && !holds(value)) {
      throw new UserError(`${call}: the option ${key} is ${describe(value)}`, { hint });
    }
  }
}

const example = "e.g. [{ shape: [32, 784] }]";

/**
 * @param call whose arguments they are, e.g. "jit()"
 * @throws UserError unless it is a function, and every input has a shape of whole numbers and a type
 * that graphs have.
 */
export function checkSpecs(
  call: string,
  compute: (...inputs: never[]) => unknown,
  specs: readonly TensorSpec[],
): void {
  checkFunction(call, compute);
  if (!Array.isArray(specs)) {
    throw new UserError(`${call} takes a list that describes inputs, and got ${describe(specs)}`, {
      hint: `pass one entry per input, ${example}`,
    });
  }
  specs.forEach((spec: TensorSpec | null, i) => checkSpec(`${call}: input ${i}`, spec));
  if (compute.length > specs.length) {
    throw new UserError(
      `${call}: the function takes ${compute.length} inputs, of which ${specs.length} are described`,
      { hint: `describe each in the second argument, ${example}` },
    );
  }
}

function checkSpec(input: string, spec: TensorSpec | null): void {
  if (typeof spec !== "object" || spec === null) {
    throw new UserError(`${input} is described by ${describe(spec)}`, {
      hint: `give its shape, ${example}`,
    });
  }
  const { shape } = spec;
  if (!Array.isArray(shape) || !shape.every((d) => Number.isSafeInteger(d) && d >= 0)) {
    throw new UserError(`${input} has the shape ${JSON.stringify(shape)}`, {
      hint: "give whole numbers: a graph is compiled for one shape, e.g. one batch size",
    });
  }
  if (!(typeOf(spec) in arrays)) {
    throw new UserError(`${input} has the type ${String(spec.dtype)}`, {
      hint: `one of ${Object.keys(arrays).join(", ")}`,
    });
  }
}

/**
 * @param call whose arguments they are, e.g. "run(3)"
 * @param steps how many of each shape an array holds, one after the other.
 * @throws UserError unless there is one array per input, of its type and length.
 */
export function checkArrays(
  call: string,
  specs: readonly TensorSpec[],
  given: readonly Data[],
  steps: number,
): void {
  if (!Array.isArray(given) || given.length !== specs.length) {
    const found = Array.isArray(given) ? String(given.length) : describe(given);
    throw new UserError(`${call} takes ${specs.length} arrays, and got ${found}`, {
      hint: "pass a list with one typed array per input, in their order",
    });
  }
  specs.forEach((spec, i) => {
    const array = arrays[typeOf(spec)];
    const data: unknown = given[i];
    if (!(data instanceof array)) {
      throw new UserError(`${call}: input ${i} is ${describe(data)}`, {
        hint: `it is of type ${typeOf(spec)}: pass a ${array.name}`,
      });
    }
    const expected = sizeOf(spec.shape) * steps;
    if (data.length === expected) return;
    const amount = data.length > expected ? "too long" : "too short";
    throw new UserError(`${call}: input ${i} is ${amount}, with ${data.length} elements`, {
      hint: `${steps} times the shape [${spec.shape.join(", ")}] are ${expected}`,
    });
  });
}

/** @throws UserError inside a step that is being traced: what it did would not be part of the step. */
export function checkIdle(call: string): void {
  if (!onnxBackend().tracing) return;
  throw new UserError(`${call} inside a step that is being traced`, {
    hint: "call the TF.js code itself: its operations become part of the step",
  });
}
