import type { RunSpec } from "./experiment.ts";

export const profileNames = ["default", "quick"] as const;
export type ProfileName = (typeof profileNames)[number];

/** Steps of a run in the quick profile: enough to see every page with numbers of its own. */
const quickSteps = 120;

/** The run that a profile makes of a declared one; it has a key of its own where it differs. */
export function applyProfile(spec: RunSpec, profile: ProfileName): RunSpec {
  if (profile === "default" || spec.task !== "train") return spec;
  const steps = Math.min(spec.training.steps, quickSteps);
  return { ...spec, training: { ...spec.training, steps } };
}
