/**
 * What a network must make of its own training picture to count as converged. Of the variance of its
 * pixels no more than a share may be left unexplained; `leastR` keeps an even grey from passing.
 */
export const reproduction = { leastR: 0.95, mostUnexplained: 0.07 };

/** Its own training picture under a network, on standardised pixels. */
export interface Reproduction {
  /** Pearson's; null where undefined. */
  r: number | null;
  mse: number;
  /** Of the picture's pixels. */
  variance: number;
}

/** Whether a network reproduces its training picture; null where nothing was trained. */
export function isConverged(steps: number, { r, mse, variance }: Reproduction): boolean | null {
  if (steps === 0) return null;
  return (r ?? 0) >= reproduction.leastR && mse < reproduction.mostUnexplained * variance;
}
