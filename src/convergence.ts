import type { TaskRecord } from "./lab/record.ts";

/**
 * What a network must make of its own training picture to count as converged, on standardised
 * pixels. MNIST has variance 1 there, so `mse` leaves a twentieth of it unexplained; `r`
 * keeps an even grey from passing for a picture that varies less than that.
 */
export const reproduction = { leastR: 0.95, mostMse: 0.05 };

/** Whether a trained network reproduces its training picture; null where nothing was trained to. */
export function isConverged(record: TaskRecord | null): boolean | null {
  if (record?.task !== "train" || record.training.steps === 0) return null;
  const picture = record.metrics?.images[0];
  if (!picture) return null;
  return (picture.rTrain ?? 0) >= reproduction.leastR && picture.mse < reproduction.mostMse;
}
