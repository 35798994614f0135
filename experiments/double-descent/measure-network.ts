import { Matrix } from "ml-matrix";
import type { Code } from "#lab/task";
import { measureFit } from "./measures.ts";
import { centre, meanPicture } from "./pictures.ts";
import { inputs as pixels, networkParameters } from "./sizes.ts";
import type { measureNetwork } from "./tasks.ts";

type Weights = Parameters<Code<typeof measureNetwork>>[0]["inputs"]["weights"];

const toMatrix = (data: ArrayLike<number>, columns: number): Matrix =>
  Matrix.from1DArray(data.length / columns, columns, data as ArrayLike<number> & number[]);

/** @param pictures [n, 49] @returns [n, 10] */
function answer(pictures: Float32Array, weights: Weights): Matrix {
  const [, width = 0] = weights.hidden.shape;
  const [, classes = 0] = weights.output.shape;
  const sums = toMatrix(pictures, pixels)
    .mmul(toMatrix(weights.hidden.data as Float32Array, width))
    .addRowVector(Array.from(weights.hiddenBias.data as Float32Array));
  const units = Matrix.max(sums, Matrix.zeros(sums.rows, sums.columns));
  return units
    .mmul(toMatrix(weights.output.data as Float32Array, classes))
    .addRowVector(Array.from(weights.outputBias.data as Float32Array));
}

const normOf = (weights: Weights): number =>
  Math.hypot(
    ...Object.values(weights).map(({ data }) =>
      toMatrix(data as Float32Array, 1).norm("frobenius"),
    ),
  );

const run: Code<typeof measureNetwork> = async ({ params: { network }, inputs }) => {
  const { examples, weights, converged } = inputs;
  const pictures = examples.train.data as Float32Array;
  const mean = meanPicture(pictures);
  const measured = measureFit({
    train: answer(centre(pictures, mean), weights),
    taught: examples.taught.data as Int32Array,
    test: answer(centre(examples.test.data as Float32Array, mean), weights),
    truth: examples.truth.data as Int32Array,
    parameters: networkParameters(network.width),
    norm: normOf(weights),
  });
  return { ...measured, converged };
};

export default run;
