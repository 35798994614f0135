import {
  argMax,
  log,
  matMul,
  mean,
  mul,
  neg,
  oneHot,
  relu,
  type Scalar,
  softmax,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  train,
  variable,
} from "@tensorflow/tfjs-core";
import { split } from "#lab/random";
import type { Code } from "#lab/task";
import { batches, openLab } from "#lab/training";
import { drawShape, shapes, side } from "./shapes.ts";
import type { classify } from "./tasks.ts";

const pixels = side * side;

/** As many pictures of each shape, in turn. */
function drawSet(perShape: number, noise: number, seed: number, name: string) {
  const random = split(seed, name);
  const labels = Int32Array.from({ length: perShape * shapes.length }, (_, i) => i % shapes.length);
  const pictures = new Float32Array(labels.length * pixels);
  labels.forEach((label, i) => pictures.set(drawShape(shapes[label]!, noise, random), i * pixels));
  return { pictures, labels };
}

const weights = (rows: number, columns: number, seed: number, name: string) => {
  const random = split(seed, name);
  const data = Float32Array.from({ length: rows * columns }, () => random.normal());
  return variable(
    tensor(
      data.map((w) => w / Math.sqrt(rows)),
      [rows, columns],
    ),
  );
};

const run: Code<typeof classify> = async ({ params, engine, report }) => {
  const { width, noise, steps, seed } = params;
  const lab = await openLab({ engine, report });
  const known = drawSet(32, noise, seed, "known");
  const unseen = drawSet(64, noise, seed, "unseen");
  const count = unseen.labels.length;
  const [first, second] = [
    weights(pixels, width, seed, "first"),
    weights(width, shapes.length, seed, "second"),
  ];
  const hidden = (x: Tensor): Tensor => relu(matMul(x as Tensor2D, first as Tensor2D));
  const answer = (x: Tensor): Tensor => softmax(matMul(hidden(x) as Tensor2D, second as Tensor2D));
  const loss = (x: Tensor, target: Tensor): Scalar =>
    neg(mean(sum(mul(oneHot(target, shapes.length), log(answer(x).add(1e-7))), 1)));
  const optimizer = train.adam(0.02);
  const test = tensor(unseen.pictures, [count, pixels]);
  const testLabels = tensor(unseen.labels, [count], "int32");
  const course = { step: [] as number[], train: [] as number[], test: [] as number[] };
  const frames: { label: string; weights: Float32Array }[] = [];
  const look = (step: number): void => {
    const [w] = lab.evaluate(() => [first.transpose()]);
    frames.push({ label: `step ${step}`, weights: w! });
  };
  look(0);
  const every = Math.max(1, Math.floor(steps / 20));
  await lab.train({
    step: ({ x, label }) =>
      optimizer.minimize(() => loss(x, label), true, [first, second]) as Scalar,
    inputs: batches(
      {
        x: { data: known.pictures, shape: [known.labels.length, pixels] },
        label: { data: known.labels, shape: [known.labels.length] },
      },
      { size: 32, seed },
    ),
    steps,
    every,
    onChunk: ({ step, loss: now }) => {
      const [value] = lab.evaluate(() => [loss(test, testLabels)]);
      course.step.push(step);
      course.train.push(now);
      course.test.push(value![0]!);
      if (course.step.length % 5 === 0) look(step);
    },
  });
  const [answers] = lab.evaluate(() => [argMax(answer(test), 1)]);
  const shares = new Float64Array(shapes.length ** 2);
  unseen.labels.forEach((label, i) => {
    shares[label * shapes.length + answers![i]!]! += shapes.length / count;
  });
  const right = unseen.labels.filter((label, i) => answers![i] === label).length;
  const shown = Math.min(8, width);
  return {
    accuracy: right / count,
    course,
    confusion: {
      shares: {
        data: shares,
        shape: [shapes.length, shapes.length],
        labels: { shown: [...shapes], answered: [...shapes] },
      },
    },
    examples: {
      tiles: {
        data: unseen.pictures.slice(0, 2 * shapes.length * pixels),
        shape: [2, shapes.length, side, side],
        labels: { column: [...shapes] },
      },
    },
    filters: {
      weights: {
        data: Float32Array.from(
          frames.flatMap(({ weights }) => [...weights.slice(0, shown * pixels)]),
        ),
        shape: [frames.length, shown, side, side],
        labels: { frame: frames.map(({ label }) => label) },
      },
    },
  };
};

export default run;
