import type { ImageMeasures, Measures, MeasureTable } from "../record.ts";
import { type Row } from "./centred.ts";
import { measureCorrelation } from "./correlation.ts";
import { measureError } from "./error.ts";
import { measureGain } from "./gain.ts";
import { toDisplay } from "../datasets/scaling.ts";

/** Mean of what is defined; null where nothing is. */
function meanOfDefined(values: (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, v) => sum + v, 0) / defined.length;
}

function meanMeasures(images: Measures[]): Measures {
  const mean = (key: keyof Measures) => meanOfDefined(images.map((image) => image[key]));
  return {
    rInput: mean("rInput"),
    rTrain: mean("rTrain"),
    gain: mean("gain")!,
    mse: mean("mse")!,
  };
}

/**
 * Measures of every output against its input and against the training picture.
 * @param train [784], the training picture on the scale of the inputs
 * @param inputs rows of [784]; the training picture first, then at least one test
 * @param outputs the network's answers, same order and scale
 * @param pictures ids and labels, same order
 * @throws RangeError if the numbers of rows or their lengths differ.
 */
export function measureTable(
  train: Row,
  inputs: Row[],
  outputs: Row[],
  pictures: { id: string; label: string }[],
): MeasureTable {
  if (inputs.length < 2 || outputs.length !== inputs.length || pictures.length !== inputs.length) {
    throw new RangeError(
      `${inputs.length} inputs, ${outputs.length} outputs, ${pictures.length} pictures: ` +
        "expected as many of each, the training picture and at least one test",
    );
  }
  const images = inputs.map((input, i): ImageMeasures => {
    const output = outputs[i]!;
    return {
      id: pictures[i]!.id,
      label: pictures[i]!.label,
      rInput: measureCorrelation(output, input),
      rTrain: measureCorrelation(output, train),
      gain: measureGain(output, train),
      mse: measureError(output, input),
    };
  });
  return { images, mean: meanMeasures(images.slice(1)) };
}

/** `measureTable` of what a figure shows: standardised rows, brought back and clipped to [0, 1]. */
export function measureDisplayed(
  train: Row,
  inputs: Row[],
  outputs: Row[],
  pictures: { id: string; label: string }[],
): MeasureTable {
  return measureTable(toDisplay(train), inputs.map(toDisplay), outputs.map(toDisplay), pictures);
}
