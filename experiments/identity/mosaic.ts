import type { Row } from "#lab/measures/centred";
import type { Code } from "#lab/task";
import { arrayOf } from "./answers.ts";
import { meanMeasures, measure } from "./measures.ts";
import { listSubstitutes, resolvePictures } from "./pixels.ts";
import { side, standardise, toDisplay } from "./scaling.ts";
import type { mosaic } from "./theory-tasks.ts";

/** A field of numbers, row by row. */
interface Field {
  width: number;
  height: number;
  values: Float64Array;
}

const fieldOf = (width: number, height: number, at: (x: number, y: number) => number): Field => ({
  width,
  height,
  values: Float64Array.from({ length: width * height }, (_, i) =>
    at(i % width, Math.floor(i / width)),
  ),
});

/** Sums over the square that reaches so far around each place; beyond the edge are zeros. */
function squareSums({ width, height, values }: Field, reach: number): Field {
  const stride = width + 1;
  const corners = new Float64Array(stride * (height + 1)); // sums of all above and to the left
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += values[y * width + x]!;
      corners[(y + 1) * stride + x + 1] = corners[y * stride + x + 1]! + row;
    }
  }
  return fieldOf(width, height, (x, y) => {
    const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
    const [top, bottom] = [
      Math.max(0, y - reach) * stride,
      Math.min(height, y + reach + 1) * stride,
    ];
    return (
      corners[bottom + right]! -
      corners[bottom + left]! -
      corners[top + right]! +
      corners[top + left]!
    );
  });
}

/**
 * Where in a picture lies the patch that is nearest to the one around each pixel of an input, by
 * the sum of squared differences; both have zeros around them.
 * @param input [size · size] @param picture [size · size] @param width of the patches, odd.
 * @returns [size · size] indices of the centres.
 */
export function nearestPatches(input: Row, picture: Row, size: number, width: number): Int32Array {
  const reach = (width - 1) / 2;
  const squares = (row: Row) =>
    squareSums(
      fieldOf(size, size, (x, y) => row[y * size + x]! ** 2),
      reach,
    ).values;
  const [ofInput, ofPicture] = [squares(input), squares(picture)];
  const least = new Float64Array(size ** 2).fill(Infinity);
  const nearest = new Int32Array(size ** 2);

  // All pairs of places that lie equally far from each other, whose products add up in one go.
  for (let down = 1 - size; down < size; down++) {
    for (let right = 1 - size; right < size; right++) {
      const [left, top] = [Math.max(0, -right), Math.max(0, -down)];
      const across = size - Math.abs(right);
      const shift = down * size + right;
      const products = fieldOf(across, size - Math.abs(down), (x, y) => {
        const at = (top + y) * size + left + x;
        return input[at]! * picture[at + shift]!;
      });
      squareSums(products, reach).values.forEach((product, i) => {
        const at = (top + Math.floor(i / across)) * size + left + (i % across);
        const distance = ofInput[at]! + ofPicture[at + shift]! - 2 * product;
        if (distance < least[at]!) {
          least[at] = distance;
          nearest[at] = at + shift;
        }
      });
    }
  }
  return nearest;
}

const run: Code<typeof mosaic> = async ({ params, inputs, report }) => {
  const pictures = resolvePictures([params.picture, ...params.pictures], inputs.pixels);
  const given = pictures.map(({ pixels }) => standardise(pixels));
  const train = given[0]!;
  const outputs = given.map((input, i) => {
    const centres = nearestPatches(input, train, side, params.width);
    report({ step: i + 1, steps: given.length });
    return Float32Array.from(centres, (centre) => train[centre]!);
  });
  const [shown, answers] = [given.map(toDisplay), outputs.map(toDisplay)];
  const measured = answers.map((answer, i) => measure(answer, shown[i]!, shown[0]!));
  return {
    pictures: {
      inputs: arrayOf(shown, { pictures, side }),
      outputs: arrayOf(answers, { pictures, side }),
    },
    measures: {
      picture: pictures.map(({ label }) => label),
      displayedRInput: measured.map(({ rInput }) => rInput),
      displayedRTrain: measured.map(({ rTrain }) => rTrain),
      displayedGain: measured.map(({ gain }) => gain),
      displayedMse: measured.map(({ mse }) => mse),
    },
    means: { displayed: meanMeasures(measured.slice(1)) },
    substitutes: listSubstitutes(pictures),
  };
};

export default run;
