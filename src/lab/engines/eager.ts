import { type Scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { checkSteps, resultsOf } from "./contract.ts";
import type { Engine, Numbers } from "./engine.ts";

/** Arrays of one type, one after the other. */
function join(parts: Numbers[]): Numbers {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new (parts[0]!.constructor as Float32ArrayConstructor)(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const read = (result: Tensor | Tensor[]): Float32Array[] =>
  resultsOf(result, "the function").map((tensor) => Float32Array.from(tensor.dataSync()));

/** Trains and evaluates by calling TF.js operation by operation on the active backend. */
export const eager: Pick<Engine, "compile" | "program" | "forward" | "evaluate"> = {
  compile(step: () => Scalar, { stopBelow }) {
    return {
      run(steps) {
        checkSteps(steps);
        const losses: number[] = [];
        while (losses.length < steps) {
          const loss = tidy(() => resultsOf(step(), "the step")[0]!.dataSync()[0]!);
          losses.push(loss);
          if (!(loss >= stopBelow)) break;
        }
        return Float32Array.from(losses);
      },
      sync: () => undefined,
      dispose: () => undefined,
    };
  },
  program(step, specs, { stopBelow }) {
    const sizes = specs.map(({ shape }) => shape.reduce((product, length) => product * length, 1));
    return {
      run(steps, inputs) {
        checkSteps(steps);
        const found: Numbers[][] = [];
        while (found.length < steps) {
          const at = found.length;
          const results = tidy(() => {
            const given = specs.map(({ shape, dtype }, i) =>
              tensor(inputs[i]!.slice(at * sizes[i]!, (at + 1) * sizes[i]!), shape, dtype),
            );
            return resultsOf(step(...given), "the step").map((result) => result.dataSync().slice());
          });
          found.push(results);
          if (stopBelow !== null && !(results[0]![0]! >= stopBelow)) break;
        }
        return found[0]!.map((_, i) => join(found.map((results) => results[i]!)));
      },
      sync: () => undefined,
      dispose: () => undefined,
    };
  },
  forward: (compute, shape) => (x) => tidy(() => read(compute(tensor(x, shape)))[0]!),
  evaluate: (compute) => tidy(() => read(compute())),
};
