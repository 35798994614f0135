import { type Scalar, tensor, tidy } from "@tensorflow/tfjs-core";
import { checkSteps, resultsOf } from "./contract.ts";
import type { Engine } from "./engine.ts";

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
  forward: (compute, shape) => (x) =>
    tidy(() => Float32Array.from(compute(tensor(x, shape)).dataSync())),
  evaluate: (compute) =>
    tidy(() => compute().map((tensor) => Float32Array.from(tensor.dataSync()))),
};
