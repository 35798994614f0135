import { Matrix } from "ml-matrix";
import { split } from "#lab/random";
import type { Code } from "#lab/task";
import { solveLeastNorm } from "./least-squares.ts";
import { measureFit, oneHot } from "./measures.ts";
import { centre, meanPicture } from "./pictures.ts";
import { inputs as pixels, outputs } from "./sizes.ts";
import type { fitFeatures } from "./tasks.ts";

/** Directions of random features, [49, width]: those of fewer features are the first of more. */
function drawDirections(width: number, seed: number): Matrix {
  const random = split(seed, "features");
  const drawn = Matrix.zeros(width, pixels);
  for (let unit = 0; unit < width; unit++) {
    for (let pixel = 0; pixel < pixels; pixel++) drawn.set(unit, pixel, random.normal());
  }
  return drawn.transpose();
}

/**
 * What random ReLUs answer to pictures, divided by the root of their number, so that the products
 * of two pictures' features tend to a limit.
 * @param pictures [n, 49] @returns [n, width]
 */
function featuresOf(pictures: Float32Array, directions: Matrix): Matrix {
  const rows = Matrix.from1DArray(pictures.length / pixels, pixels, pictures);
  const scale = 1 / Math.sqrt(directions.columns);
  const features = rows.mmul(directions);
  return features.apply((i, j) => {
    features.set(i, j, Math.max(0, features.get(i, j)) * scale);
  });
}

const run: Code<typeof fitFeatures> = async ({ params, inputs: { examples }, report }) => {
  const { width } = params;
  const pictures = examples.train.data as Float32Array;
  const mean = meanPicture(pictures);
  const directions = drawDirections(width, params.examples.seed);
  const train = featuresOf(centre(pictures, mean), directions);
  const test = featuresOf(centre(examples.test.data as Float32Array, mean), directions);
  report({ step: 1, steps: 2 });
  const taught = examples.taught.data as Int32Array;
  const weights = solveLeastNorm(train, oneHot(taught));
  report({ step: 2, steps: 2 });
  return measureFit({
    train: train.mmul(weights),
    taught,
    test: test.mmul(weights),
    truth: examples.truth.data as Int32Array,
    parameters: width * outputs,
    norm: weights.norm("frobenius"),
  });
};

export default run;
