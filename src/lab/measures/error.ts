import type { Row } from "./centred.ts";

/** Mean squared error over the values of two rows. @throws RangeError if the lengths differ. */
export function measureError(output: Row, target: Row): number {
  if (output.length !== target.length) {
    throw new RangeError(`rows of ${output.length} and ${target.length} values`);
  }
  let sum = 0;
  for (let i = 0; i < output.length; i++) sum += (output[i]! - target[i]!) ** 2;
  return sum / output.length;
}
