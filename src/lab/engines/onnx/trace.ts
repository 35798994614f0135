import { engine, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { backendName, onnxBackend, valuesOf } from "./backend.ts";
import { type ConvolutionForm, createScope, expand, scalar, withScope } from "./build.ts";
import { TraceError } from "./kernel.ts";
import { sortedValues } from "./order.ts";
import { type Data, type DType, toData, Value } from "./value.ts";

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
  before: Value;
  /** The same as `before` where the step leaves it alone. */
  after: Value;
}

export interface Trace {
  inputs: Value[];
  outputs: Value[];
  states: State[];
}

const rawData = (variable: Variable): Data =>
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
function setContents(variable: Variable, value: Value): void {
  const { shape, dtype } = variable;
  const tensor = engine().makeTensorFromDataId(onnxBackend().store(value), shape, dtype);
  variable.assign(tensor);
  tensor.dispose();
}

/** What a traced function is called with. */
export const symbols = (specs: readonly TensorSpec[]): Value[] =>
  specs.map(({ shape, dtype }) => new Value(shape, dtype ?? "float32"));

/** The graph values of what `compute` makes of its inputs. */
export function apply(
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
  inputs: readonly Value[],
): Value[] {
  return valuesOf(() => {
    const tensors = inputs.map((value) => {
      const dataId = onnxBackend().store(value);
      return engine().makeTensorFromDataId(dataId, value.shape, value.dtype as "float32");
    });
    return compute(...tensors);
  });
}

/**
 * Runs `step` once on symbols. Variables are symbols too, and keep their values: afterwards they
 * hold what they held before, also when the step throws.
 * @throws TraceError where the step reads values or calls something that has no kernel here.
 */
export function trace(
  step: (...inputs: Tensor[]) => Tensor | Tensor[],
  specs: readonly TensorSpec[],
  convolution: ConvolutionForm,
): Trace {
  const tf = engine();
  const outerBackend = tf.backendName;
  const known = Object.values(tf.registeredVariables).map((variable) => ({
    variable,
    initial: rawData(variable),
  }));
  const states = new Map<Variable, Omit<State, "after">>();
  const symbolise = (variable: Variable, initial: Data) => {
    const before = new Value(variable.shape, variable.dtype as DType);
    states.set(variable, { variable, initial, before });
    setContents(variable, before);
  };
  const makeVariable = tf.makeVariable.bind(tf);
  const random = Math.random;
  void tf.setBackend(backendName);
  const backend = onnxBackend();
  const inputs = symbols(specs);
  try {
    backend.tracing = true;
    Math.random = refuseRandom;
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
      for (const { variable, initial } of known) symbolise(variable, initial);
      const outputs = apply(step, inputs);
      const after = [...states.values()].map((state) => ({
        ...state,
        after: backend.graphValue(state.variable.dataId),
      }));
      return { inputs, outputs, states: used(after, outputs) };
    });
  } finally {
    tf.makeVariable = makeVariable;
    Math.random = random;
    for (const { variable, initial } of states.values()) {
      const { shape, dtype } = variable;
      setContents(variable, compact(new Value(shape, dtype as DType, { data: initial! })));
    }
    backend.tracing = false;
    if (outerBackend) void tf.setBackend(outerBackend);
  }
}

/** A number drawn while tracing would be the same in every step. */
function refuseRandom(): never {
  throw new TraceError(
    "the step draws random numbers on the host (Math.random, as tf.dropout and tf.randomUniform " +
      "without a seed do), which a trace would repeat in every step; use uniform() or dropout() of " +
      "the onnx engine, or pass the numbers in as a batch",
  );
}

/** The variables that the step changes or reads on the way to its results. */
function used(states: State[], outputs: Value[]): State[] {
  const changed = states.filter((state) => state.after !== state.before);
  const results = [...outputs, ...changed.map((state) => state.after)];
  const read = new Set([...results, ...sortedValues(results).flatMap((v) => v.node!.inputs)]);
  return states.filter((state) => state.after !== state.before || read.has(state.before));
}
