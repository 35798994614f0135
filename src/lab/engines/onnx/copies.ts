import { engine, type Variable } from "@tensorflow/tfjs-core";
import { UserError } from "../../../error.ts";
import { onnxBackend } from "./backend.ts";
import { rawData, setContents, type State } from "./trace.ts";
import { type Data, type DType, Value } from "./value.ts";

/** Where a program keeps its states between runs. */
export interface Memory {
  contents(state: State): Data;
  /** Replaces a state; the array stays the caller's. */
  load(state: State, data: Data): void;
}

/** What writes a program's copy into a variable, where the copy is newer. */
const writers = new WeakMap<Variable, () => void>();

/** Writes what programs know of variables and the variables do not. */
export function settleAll(): void {
  for (const variable of Object.values(engine().registeredVariables)) writers.get(variable)?.();
}

const isFraction = (data: Data) => data[0]! > 0 && data[0]! < 1;

/**
 * A program's copies of variables. Whoever has the newest contents, this program, another or the
 * variable itself, is asked when they are needed; while nothing else touches a variable, that costs
 * a comparison.
 * @param fractions scalars of which the graph assumes that they are between 0 and 1.
 */
export function createCopies(
  states: readonly State[],
  fractions: ReadonlySet<State>,
  memory: Memory,
) {
  const owned = states.map((state) => ({ state, write: () => write(state, memory) }));
  const changed = owned.filter(({ state }) => state.after !== state.before);
  return {
    /**
     * Before a run: fetches what others have changed.
     * @returns false where the graph does not hold for it.
     */
    refresh(): boolean {
      let holds = true;
      for (const { state, write } of owned) {
        const { variable } = state;
        if (variable.isDisposed) {
          throw new UserError(`run(): the variable ${variable.name} of the step is disposed of`, {
            hint: "dispose of variables and optimizers after the last run",
          });
        }
        if (writers.get(variable) !== write) writers.get(variable)?.();
        if (variable.dataId === state.loaded) continue;
        const data = rawData(variable);
        if (fractions.has(state) && !isFraction(data)) holds = false;
        memory.load(state, data);
        state.loaded = variable.dataId;
        writers.delete(variable);
      }
      return holds;
    },
    /** From here on the copies of what the step changes are newer. */
    claim(): void {
      for (const { state, write } of changed) {
        const { variable } = state;
        if (writers.get(variable) === write) continue;
        // Under an id of its own: a clone made before the steps may be assigned to it after them.
        setContents(variable, onnxBackend().graphValue(variable.dataId));
        state.loaded = variable.dataId;
        writers.set(variable, write);
      }
    },
    /** Writes what is newer into the variables. */
    sync(): void {
      for (const { state, write } of changed) {
        if (writers.get(state.variable) === write) write();
      }
    },
  };
}

/** Scalars of which simplify() may use that they are between 0 and 1. */
export const fractionsOf = (states: readonly State[]): Set<State> =>
  new Set(states.filter(({ before, initial }) => before.size === 1 && isFraction(initial!)));

function write(state: State, memory: Memory): void {
  const { variable } = state;
  writers.delete(variable);
  // Assigned after the steps were made, it has the last word.
  if (variable.isDisposed || variable.dataId !== state.loaded) return;
  const data = memory.contents(state).slice();
  setContents(variable, new Value(variable.shape, variable.dtype as DType, { data }));
  state.loaded = variable.dataId;
}
