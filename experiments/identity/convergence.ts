/**
 * What a network must make of its own training picture to count as converged, on standardised
 * pixels. MNIST has variance 1 there, so `mse` leaves a twentieth of it unexplained; `r`
 * keeps an even grey from passing for a picture that varies less than that.
 */
export const reproduction = { leastR: 0.95, mostMse: 0.05 };

/** @param r correlation of output and training picture; null where the output is constant. */
export const reproduces = ({ r, mse }: { r: number | null; mse: number }): boolean =>
  (r ?? 0) >= reproduction.leastR && mse < reproduction.mostMse;
