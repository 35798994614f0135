import type { Optimizer } from "./options.ts";

const bytesPerNumber = 4;

/** Numbers that a rule keeps of each parameter from step to step. */
const kept: Record<Optimizer["kind"], number> = { sgd: 0, ngd: 0, momentum: 1, adam: 2 };

/** Least memory of a training: parameters, as many gradients, and what the rule keeps of each. */
export const trainingBytes = (parameters: number, { kind }: Pick<Optimizer, "kind">): number =>
  parameters * (2 + kept[kind]) * bytesPerNumber;
