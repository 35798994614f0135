import { engine, keep, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { UserError } from "../../../error.ts";
import { resultsOf } from "../contract.ts";
import { backendName, onnxBackend, valuesOf } from "./backend.ts";
import { type ConvolutionForm, createScope, expand, scalar, withScope } from "./build.ts";
import { findDifference } from "./difference.ts";
import { withLaterClock, withoutRandom } from "./host.ts";
import { checkDtype, TraceError } from "./kernel.ts";
import { type Use, watchOptimizers } from "./optimizers.ts";
import { sortedValues } from "./order.ts";
import { arrays, type Data, type DType, toData, Value } from "./value.ts";

/** Shape and type of one tensor that a traced function takes. */
export interface TensorSpec {
  shape: readonly number[];
  dtype?: "float32" | "int32" | "bool";
}

/** A variable that the traced function reads or changes. */
export interface State {
  variable: Variable;
  /**
   * Its value before the step; for slots that optimizers make while traced, their first value. Null
   * once takeInitial() has handed it over.
   */
  initial: Data | null;
  /** The variable's data id when the program last had the same contents as it. */
  loaded: object;
  before: Value;
  /** The same as `before` where the step leaves it alone. */
  after: Value;
}

/** What a function computes, as the graph between these values. */
export interface Recording {
  inputs: Value[];
  outputs: Value[];
  states: Omit<State, "loaded">[];
}

export interface Trace extends Recording {
  states: State[];
  optimizers: Use[];
}

export const rawData = (variable: Variable): Data =>
  toData(variable.dataSync() as unknown as ArrayLike<number>, variable.dtype as DType);

/** A state's first value, which then belongs to the caller: nothing here keeps it in memory. */
export function takeInitial(state: State): Data {
  const { initial } = state;
  if (!initial) throw new Error(`the first value of ${state.variable.name} was taken before`);
  state.initial = null;
  return initial;
}

/** Slots of this many equal elements need no memory until they are read. */
const compactAbove = 4096;

/** The same contents, computed when they are read if all elements are equal. */
function compact(value: Value): Value {
  const { uniform, size, shape, dtype } = value;
  return uniform !== null && size > compactAbove ? expand(scalar(uniform, dtype), shape) : value;
}

/** Gives a variable new contents without recording an operation. */
export function setContents(variable: Variable, value: Value): void {
  const { shape, dtype } = variable;
  const backend = onnxBackend();
  const tensor = engine().makeTensorFromDataId(backend.store(value), shape, dtype, backend);
  variable.assign(tensor);
  tensor.dispose();
}

/** Names of variables by the arrays that they hold, as far as the backend holds them. */
export function namesOfContents(): Map<Data, string> {
  const backend = onnxBackend();
  return new Map(
    Object.values(engine().registeredVariables).flatMap(({ dataId, name, dtype }) => {
      if (!(dtype in arrays) || backend.refCount(dataId) === 0) return [];
      const { data } = backend.graphValue(dataId);
      return data ? [[data, name]] : [];
    }),
  );
}

/** What a traced function is called with. */
export const symbols = (specs: readonly TensorSpec[]): Value[] =>
  specs.map(({ shape, dtype }) => new Value(shape, dtype ?? "float32"));

/**
 * The graph values of what `compute` makes of its inputs.
 * @throws UserError where that are not tensors.
 */
export function apply(
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
  inputs: readonly Value[],
  subject = "the function",
): Value[] {
  return valuesOf(() => {
    const tensors = inputs.map((value) => {
      const dataId = onnxBackend().store(value);
      return engine().makeTensorFromDataId(dataId, value.shape, value.dtype as "float32");
    });
    return resultsOf(compute(...tensors), subject);
  });
}

/**
 * Runs `record`, which calls a function on symbols, twice.
 * @returns the first result.
 * @throws UserError if the two differ, as then the calls that a graph stands for would.
 */
export function recordTwice<T extends Recording>(record: () => T): T {
  const first = record();
  const difference = findDifference(first, withLaterClock(record));
  if (difference === null) return first;
  throw new UserError(`the traced function changes from call to call: ${difference}`, {
    hint:
      "what JavaScript computes is repeated as it was: pass what changes as an input, or keep it in " +
      "a tf.variable that the step assigns; random numbers come from uniform() and dropout()",
  });
}

/**
 * Runs `step` twice on symbols, to see that it does the same again. Variables are symbols too, and
 * keep their values: afterwards they hold what they held before, also when the step throws.
 * @throws TraceError where the step reads values or calls something that has no kernel here.
 * @throws UserError where it does not return tensors, or does something else the second time.
 */
export function trace(
  step: (...inputs: Tensor[]) => Tensor | Tensor[],
  specs: readonly TensorSpec[],
  convolution: ConvolutionForm,
): Trace {
  const tf = engine();
  const outerBackend = tf.backendName;
  void tf.setBackend(backendName);
  try {
    const record = () => recordStep(step, specs, convolution);
    const [recording, optimizers] = watchOptimizers(2, () => recordTwice(record));
    return { ...recording, states: recording.states.map(withInitial), optimizers };
  } finally {
    if (outerBackend) void tf.setBackend(outerBackend);
  }
}

function withInitial({ variable, initial, before, after }: Recording["states"][number]): State {
  const { dataId: loaded } = variable;
  return { variable, initial: initial ?? rawData(variable), loaded, before, after };
}

/**
 * Runs `body`, which traces a function of inputs: what it assigned would be left without a value.
 * @throws UserError if it assigned a variable, which then holds what it held.
 */
export function withoutAssignments<T>(call: string, body: () => T): T {
  const variables = Object.values(engine().registeredVariables);
  const restore = holdContents(variables);
  const held = variables.map(({ dataId }) => dataId);
  const backend = onnxBackend();
  try {
    backend.tracing = true;
    const result = body();
    const assigned = variables.find(({ dataId }, i) => dataId !== held[i]);
    if (!assigned) return result;
    throw new UserError(`${call}: the function assigns the variable ${assigned.name}`, {
      hint: assigned.name.includes("/moving_")
        ? "batchNormalization does in training mode: apply the model without training: true"
        : "jit() compiles steps that change variables",
    });
  } finally {
    backend.tracing = false;
    restore();
  }
}

/** Strings and complex numbers are no states of graphs. */
const isTraceable = ({ dtype }: Variable): boolean => dtype in arrays;

/**
 * Keeps what variables hold; those of types that graphs do not have cannot be assigned meanwhile.
 * @returns what gives it back.
 */
function holdContents(variables: readonly Variable[]): () => void {
  const held = variables
    .filter(isTraceable)
    .map((variable) => ({ variable, contents: keep(variable.clone()) }));
  const others = variables.filter((variable) => !isTraceable(variable));
  for (const other of others) other.assign = () => void checkDtype(other.dtype);
  return () => {
    for (const other of others) Reflect.deleteProperty(other, "assign");
    for (const { variable, contents } of held) {
      variable.assign(contents);
      contents.dispose();
    }
  };
}

/** Runs `step` once; the first values of variables that it does not create stay where they are. */
function recordStep(
  step: (...inputs: Tensor[]) => Tensor | Tensor[],
  specs: readonly TensorSpec[],
  convolution: ConvolutionForm,
): Recording {
  const tf = engine();
  const known = Object.values(tf.registeredVariables);
  const restore = holdContents(known);
  const states = new Map<Variable, Omit<State, "loaded" | "after">>();
  const symbolise = (variable: Variable, initial: Data | null) => {
    const before = new Value(variable.shape, variable.dtype as DType);
    states.set(variable, { variable, initial, before });
    setContents(variable, before);
  };
  const makeVariable = tf.makeVariable.bind(tf);
  const backend = onnxBackend();
  const inputs = symbols(specs);
  try {
    backend.tracing = true;
    return withScope(createScope(convolution), () => {
      tf.makeVariable = (...args) => {
        const variable = makeVariable(...args);
        const initial = backend.graphValue(variable.dataId).data;
        if (!initial) {
          throw new TraceError(
            `the variable ${variable.name} is created from a computed tensor while the step is traced; ` +
              "create it before the step",
          );
        }
        symbolise(variable, initial);
        return variable;
      };
      for (const variable of known.filter(isTraceable)) symbolise(variable, null);
      const outputs = withoutRandom(() => apply(step, inputs, "the step"));
      const after = [...states.values()].map((state) => ({
        ...state,
        after: backend.graphValue(state.variable.dataId),
      }));
      return { inputs, outputs, states: used(after, outputs) };
    });
  } finally {
    tf.makeVariable = makeVariable;
    for (const { variable, initial } of states.values()) {
      const { shape, dtype } = variable;
      if (!initial) continue;
      setContents(variable, compact(new Value(shape, dtype as DType, { data: initial })));
    }
    restore();
    backend.tracing = false;
  }
}

/** The variables that the step changes or reads on the way to its results. */
function used(states: Recording["states"], outputs: Value[]): Recording["states"] {
  const changed = states.filter((state) => state.after !== state.before);
  const results = [...outputs, ...changed.map((state) => state.after)];
  const read = new Set([...results, ...sortedValues(results).flatMap((v) => v.node!.inputs)]);
  return states.filter((state) => state.after !== state.before || read.has(state.before));
}
