import { centredProduct, type Row } from "#lab/measures/centred";
import { isConstant, measureCorrelation } from "#lab/measures/correlation";
import { measureError } from "#lab/measures/error";

/** Of one output, or means of them. */
export interface Measures {
  /** Pearson correlation of output and input; null where either is constant. */
  rInput: number | null;
  /** Pearson correlation of output and training picture; null where either is constant. */
  rTrain: number | null;
  /** See measureGain(). */
  gain: number;
  /** Mean squared error of output against input. */
  mse: number;
}

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

/** All rows are of one length and on one scale. */
export const measure = (output: Row, input: Row, train: Row): Measures => ({
  rInput: measureCorrelation(output, input),
  rTrain: measureCorrelation(output, train),
  gain: measureGain(output, train),
  mse: measureError(output, input),
});

/** Mean of what is defined; null where nothing is. */
function meanOfDefined(values: (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, v) => sum + v, 0) / defined.length;
}

/** Undefined correlations are left out. @param measured at least one. */
export function meanMeasures(measured: readonly Measures[]): Measures {
  const mean = (key: keyof Measures) => meanOfDefined(measured.map((measures) => measures[key]));
  return {
    rInput: mean("rInput"),
    rTrain: mean("rTrain"),
    gain: mean("gain")!,
    mse: mean("mse")!,
  };
}

/** What shows whether a network reproduces its training picture, both standardised. */
export const measureReproduction = (output: Row, train: Row) => ({
  r: measureCorrelation(output, train),
  mse: measureError(output, train),
  variance: centredProduct(train, train) / train.length,
});
