import { type Scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { checkSteps, resultsOf } from "./contract.ts";
import type { Engine } from "./engine.ts";

const read = (result: Tensor | Tensor[]): Float32Array[] =>
  resultsOf(result, "the function").map((tensor) => Float32Array.from(tensor.dataSync()));

/** Trains and evaluates by calling TF.js operation by operation on the active backend. */
export const eager: Pick<Engine, "compile" | "forward" | "evaluate"> = {
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
  forward: (compute, shape) => (x) => tidy(() => read(compute(tensor(x, shape)))[0]!),
  evaluate: (compute) => tidy(() => read(compute())),
};
