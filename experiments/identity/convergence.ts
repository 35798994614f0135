/**
 * What a network must make of its own training picture to count as converged, on standardised
 * pixels. The pixels of the 7 have a variance of 0.71 there, so `mse` leaves up to 7 % of it
 * unexplained; `r` keeps an even grey from passing for a picture that varies less than that.
 */
export const reproduction = { leastR: 0.95, mostMse: 0.05 };

/** Whether a network reproduces its training picture; null where nothing was trained. */
export function isConverged(
  steps: number,
  training: { r: number | null; mse: number },
): boolean | null {
  if (steps === 0) return null;
  return (training.r ?? 0) >= reproduction.leastR && training.mse < reproduction.mostMse;
}
