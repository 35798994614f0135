import { centredProduct, type Row } from "./centred.ts";
import { isConstant } from "./correlation.ts";

/**
 * Regression slope of the output on the training picture, both centred: 1 where the training
 * picture is reproduced at full contrast, 0 where nothing of it is left.
 * @throws RangeError if the lengths differ or the training picture is constant.
 */
export function measureGain(output: Row, train: Row): number {
  const product = centredProduct(output, train);
  if (isConstant(train)) throw new RangeError("the training picture is constant: it has no slope");
  return product / centredProduct(train, train);
}
