import { dataset } from "#lab/data";
import { arrays, defineTask, table, value, x, y, z } from "#lab/task";

/** Which pictures are learned, with which labels. */
export const Examples = z.strictObject({
  /** Pictures to learn. */
  train: z.int().positive().default(500),
  /** Other pictures, to measure on. */
  test: z.int().positive().default(2000),
  /** Share of the pictures to learn that are taught with a wrong label. */
  noise: z.number().min(0).max(1),
  seed: z.int(),
});

const share = z.number().min(0).max(1);

const loss = (label: string) => ({ label, log: true, better: "lower" }) as const;

/** What is measured on every fit, whatever made it. */
const measured = {
  testError: value(share, { label: "test error", better: "lower" }),
  trainError: value(share, { label: "training error", better: "lower" }),
  testLoss: value(z.number().min(0), loss("squared error per test picture")),
  trainLoss: value(z.number().min(0), loss("squared error per training picture")),
  norm: value(z.number().min(0), { label: "norm of the parameters", log: true }),
  parameters: value(z.int().positive(), { label: "fitted parameters", log: true }),
  ratio: value(z.number().positive(), { label: "parameters ÷ (examples × outputs)", log: true }),
};

/** Draws the pictures of one seed, makes a quarter of their sides and mislabels some. */
export const drawExamples = defineTask({
  name: "draw-examples",
  params: Examples,
  // Both sets come from the one file that is at hand wherever MNIST is.
  inputs: () => ({ pictures: dataset("mnist", { part: "test" }) }),
  outputs: {
    examples: arrays(
      {
        train: ["picture", "y", "x"],
        taught: ["picture"],
        test: ["picture", "y", "x"],
        truth: ["picture"],
      },
      { label: "pictures and labels" },
    ),
  },
  code: new URL("draw-examples.ts", import.meta.url),
});

/** Random ReLU features under the least-squares solution of least norm, in closed form. */
export const fitFeatures = defineTask({
  name: "fit-features",
  params: z.strictObject({
    examples: Examples,
    /** Random features, each with one fitted weight per class. */
    width: z.int().positive(),
  }),
  inputs: (params) => ({ examples: drawExamples.run(params.examples).examples }),
  outputs: measured,
  code: new URL("fit-features.ts", import.meta.url),
  needs: ({ width }) => ({ seconds: 1 + width / 1000 }),
});

/** One hidden layer of ReLUs, all weights trained on squared error. */
export const trainNetwork = defineTask({
  name: "train-network",
  params: z.strictObject({
    examples: Examples,
    /** Hidden units. */
    width: z.int().positive(),
    /** Most steps of Adam, each on all examples. */
    steps: z.int().positive(),
    rate: z.number().positive().default(2e-3),
    /** Training ends at this mean squared error per picture. */
    stopBelow: z.number().positive().default(1e-3),
  }),
  inputs: (params) => ({ examples: drawExamples.run(params.examples).examples }),
  outputs: {
    course: table({
      step: x("step"),
      loss: y("squared error per training picture", { log: true, better: "lower" }),
    }),
    steps: value(z.int().positive(), { label: "steps made" }),
    /** Whether the loss fell to the threshold before the steps were used up. */
    converged: value(z.boolean(), { label: "fitted to the threshold" }),
    weights: arrays({
      hidden: ["input", "unit"],
      hiddenBias: ["unit"],
      output: ["unit", "class"],
      outputBias: ["class"],
    }),
  },
  code: new URL("train-network.ts", import.meta.url),
  needs: ({ width, steps }) => ({ seconds: (steps * (0.4 + width / 50)) / 1000 }),
});

/** Errors and norm of a trained network. */
export const measureNetwork = defineTask({
  name: "measure-network",
  params: z.strictObject({ network: trainNetwork.params }),
  inputs: ({ network }) => {
    const { weights, converged } = trainNetwork.run(network);
    return { examples: drawExamples.run(network.examples).examples, weights, converged };
  },
  outputs: { ...measured, converged: trainNetwork.outputs.converged },
  code: new URL("measure-network.ts", import.meta.url),
});
