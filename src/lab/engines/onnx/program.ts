import type { Tensor } from "@tensorflow/tfjs-core";
import { UserError } from "../../../error.ts";
import type { ConvolutionForm } from "./build.ts";
import { createCopies, fractionsOf, settleAll } from "./copies.ts";
import type { Program } from "./index.ts";
import { checkIdle } from "./inputs.ts";
import { loopedProgram } from "./looped.ts";
import { countSteps } from "./optimizers.ts";
import { simplify } from "./peephole.ts";
import { findResident } from "./resident.ts";
import { steppedProgram } from "./stepped.ts";
import { type TensorSpec, type Trace, trace } from "./trace.ts";

interface Settings {
  threads: number;
  convolution: ConvolutionForm;
  stopBelow: number | null;
}

export interface StepProgram extends Program {
  /** Takes over what changed outside. @returns false where the step must be traced again for it. */
  refresh(): boolean;
}

/** A traced step, and its states in agreement with the variables they belong to. */
export function createProgram(
  step: (...batches: Tensor[]) => Tensor | Tensor[],
  batches: readonly TensorSpec[],
  { threads, convolution, stopBelow }: Settings,
): StepProgram {
  checkIdle("jit()");
  settleAll();
  const traced = trace(step, batches, convolution);
  if (stopBelow !== null) checkFirstResult(traced);
  const { states, optimizers } = traced;
  const fractions = fractionsOf(states);
  const groups = findResident(simplify(traced));
  const settings = { threads, stopBelow };
  const program =
    groups.length > 0 ? steppedProgram(traced, groups, settings) : loopedProgram(traced, settings);
  const copies = createCopies(states, fractions, program);
  return {
    refresh() {
      checkIdle("run()");
      return optimizers.every((use) => use.isCurrent()) && copies.refresh();
    },
    run(steps, arrays) {
      copies.claim();
      const results = program.run(steps, arrays);
      countSteps(optimizers, stopBelow === null ? steps : results[0]!.length);
      return results;
    },
    sync: copies.sync,
    dispose() {
      copies.sync();
      program.dispose();
    },
  };
}

function checkFirstResult({ outputs }: Trace): void {
  const [first] = outputs;
  if (first?.dtype === "float32" && first.shape.length === 0) return;
  const found = first ? `is ${first.dtype} [${first.shape.join(", ")}]` : "is missing";
  throw new UserError(`jit(): the first result of the step, which stopBelow looks at, ${found}`, {
    hint: "return a float32 scalar first, e.g. the loss",
  });
}
