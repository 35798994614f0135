import { Optimizer } from "#lab/optimizers/options";
import { arrays, defineTask, file, row, table, value, x, y, z } from "#lab/task";
import { applyBytes, Initial, listBytes, Model, secondsOf, trainBytes } from "./parameters.ts";
import { dataOf, Picture } from "./pictures.ts";

const Correlation = z.number().min(-1).max(1).nullable();

/** Trains a network to copy one picture. */
export const train = defineTask({
  name: "train",
  params: z.strictObject({
    picture: Picture,
    model: Model,
    optimizer: Optimizer,
    /** Most optimizer steps; 0 leaves the network as initialised. */
    steps: z.int().nonnegative(),
    /** Stop once the mean squared error on standardised pixels is below this; 0 never stops. */
    lossThreshold: z.number().nonnegative().default(0),
    /** Names the initial weights. */
    seed: z.int().nonnegative().default(1),
    initial: Initial.prefault({}),
  }),
  inputs: ({ picture }) => ({ pixels: dataOf(picture) }),
  outputs: {
    summary: value(
      z.strictObject({
        /** Made. */
        steps: z.int(),
        /** Mean squared error, on standardised pixels, under the weights that are kept; null if not finite. */
        loss: z.number().nullable(),
        endedBy: z.enum(["steps", "threshold", "divergence", "standstill"]),
        /** Why, where it ended for nothing, e.g. "loss became NaN at step 41". */
        reason: z.string().nullable(),
      }),
    ),
    /** Loss before each step, thinned; its end may differ from the summary's loss. */
    curve: table({
      step: x("optimizer step"),
      loss: y("mean squared error", { log: true, better: "lower" }),
    }),
    parameters: value(
      z.strictObject({
        /** Weights and biases of all layers. */
        total: z.int(),
        layers: z.array(z.strictObject({ name: z.string(), weights: z.int(), biases: z.int() })),
      }),
    ),
    /** Per layer "layer-1-weights" and, where it has them, "layer-1-biases". */
    weights: arrays(null, { publish: false }),
    network: file("application/octet-stream", {
      extension: "onnx",
      label: "trained network (ONNX)",
      publish: false,
    }),
  },
  code: new URL("train.ts", import.meta.url),
  needs: ({ model, steps, optimizer }) => ({
    seconds: secondsOf(model, 3 * steps + 1),
    bytes: trainBytes(model, optimizer),
  }),
});

export const correlation = (label: string) => y(label, { range: [-1, 1] });
export const error = (label: string) => y(label, { better: "lower" });

export const Means = z.strictObject({
  rInput: Correlation,
  rTrain: Correlation,
  gain: z.number(),
  mse: z.number(),
});

/** What a trained network makes of pictures that it has not seen. */
export const predict = defineTask({
  name: "predict",
  params: z.strictObject({ network: train.params, pictures: z.array(Picture).min(1) }),
  inputs: ({ network, pictures }) => ({
    weights: train.run(network).weights,
    summary: train.run(network).summary,
    /** The training picture first. */
    pixels: [network.picture, ...pictures].map(dataOf),
  }),
  outputs: {
    /** As displayed, clipped to [0, 1]; the training picture first. */
    pictures: arrays(
      { inputs: ["picture", "y", "x"], outputs: ["picture", "y", "x"] },
      { range: [0, 1] },
    ),
    /**
     * The training picture first. Errors and gains are on standardised pixels, unclipped;
     * `displayed…` on pixels clipped to [0, 1] as shown. No correlation where the output is constant.
     */
    measures: table({
      picture: row("picture"),
      rInput: correlation("correlation of output and input"),
      rTrain: correlation("correlation of output and training picture"),
      gain: y("gain"),
      mse: error("mean squared error"),
      displayedRInput: correlation("correlation of output and input, as displayed"),
      displayedRTrain: correlation("correlation of output and training picture, as displayed"),
      displayedGain: y("gain, as displayed"),
      displayedMse: error("mean squared error, as displayed"),
    }),
    /** Over the tests, without the training picture; undefined correlations are left out. */
    means: value(Means.extend({ displayed: Means })),
    /** Of the training picture, on standardised pixels; `variance` is that of its pixels. */
    training: value(z.strictObject({ r: Correlation, mse: z.number(), variance: z.number() })),
    /** Names of the pictures that stand in for others, since the data at hand lack these. */
    substitutes: value(z.array(z.string())),
  },
  code: new URL("predict.ts", import.meta.url),
  needs: ({ network, pictures }) => ({
    seconds: secondsOf(network.model, pictures.length + 1),
    bytes: applyBytes(network.model),
  }),
});

/** What every layer of a trained network shows. */
export const layers = defineTask({
  name: "layers",
  params: z.strictObject({ network: train.params, pictures: z.array(Picture).min(1) }),
  inputs: predict.inputs,
  outputs: {
    /** Mean over the channels of each hidden layer, the training picture first; a scale per layer. */
    maps: arrays({ maps: ["layer", "picture", "y", "x"] }, { colours: "cividis", scale: "row" }),
    /** As displayed, clipped to [0, 1]; the training picture first. */
    pictures: arrays(
      { inputs: ["picture", "y", "x"], outputs: ["picture", "y", "x"] },
      { range: [0, 1] },
    ),
    training: predict.outputs.training,
    substitutes: predict.outputs.substitutes,
  },
  code: new URL("layers.ts", import.meta.url),
  needs: predict.needs,
});

/** A training looked at on its way: after 0, 10, 20, 40, … steps and at its end. */
export const story = defineTask({
  name: "story",
  params: predict.params,
  inputs: ({ network, pictures }) => ({ pixels: [network.picture, ...pictures].map(dataOf) }),
  outputs: {
    /** Means over the tests, without the training picture. */
    course: table({
      step: x("optimizer step"),
      loss: y("mean squared error", { log: true, better: "lower" }),
      displayedRInput: correlation("correlation of output and input, as displayed"),
      displayedRTrain: correlation("correlation of output and training picture, as displayed"),
    }),
    /** As displayed, clipped to [0, 1]; the training picture first. */
    pictures: arrays(
      { inputs: ["picture", "y", "x"], outputs: ["frame", "picture", "y", "x"] },
      { range: [0, 1] },
    ),
    /** Mean over the channels of each hidden layer; a scale per layer. */
    maps: arrays(
      { maps: ["frame", "layer", "picture", "y", "x"] },
      { colours: "cividis", scale: "row" },
    ),
  },
  code: new URL("story.ts", import.meta.url),
  needs: ({ network: { model, steps, optimizer } }) => ({
    seconds: secondsOf(model, 3 * steps + 1),
    bytes: trainBytes(model, optimizer),
  }),
});

/** How curved the loss is where a training ended. */
export const sharpness = defineTask({
  name: "sharpness",
  params: z.strictObject({
    network: train.params,
    /** Of the power iteration. */
    iterations: z.int().min(2).default(30),
  }),
  inputs: ({ network }) => ({
    weights: train.run(network).weights,
    summary: train.run(network).summary,
    pixels: dataOf(network.picture),
  }),
  outputs: {
    sharpness: value(
      z.strictObject({
        /** Largest in modulus of the Hessian of the mean squared error, all parameters together. */
        eigenvalue: z.number(),
        /** Relative, in the last iteration. */
        lastChange: z.number(),
      }),
    ),
  },
  code: new URL("sharpness.ts", import.meta.url),
  needs: ({ network: { model, optimizer }, iterations }) => ({
    seconds: secondsOf(model, 6 * iterations),
    bytes: trainBytes(model, optimizer),
  }),
});

/** Parameters of models, counted from their code without making any. */
export const counts = defineTask({
  name: "counts",
  params: z.strictObject({ models: z.array(Model).min(1) }),
  outputs: {
    counts: table({
      layers: x("layers"),
      weights: y("weights", { log: true }),
      biases: y("biases", { log: true }),
    }),
  },
  code: new URL("counts.ts", import.meta.url),
  needs: ({ models }) => ({ seconds: 1, bytes: listBytes(models) }),
});

/** Bias and variance of polynomials fitted by least squares, by their degree. */
export const biasVariance = defineTask({
  name: "bias-variance",
  params: z
    .strictObject({
      /** Degrees 0 … maxDegree are fitted. */
      maxDegree: z.int().positive(),
      /** Points per training set, x equally spaced in [-1, 1]. */
      points: z.int().positive(),
      /** Standard deviation of the noise on y. */
      noise: z.number().positive(),
      /** Training sets drawn. */
      trials: z.int().positive(),
      seed: z.int().nonnegative().default(1),
    })
    .refine(({ maxDegree, points }) => points > maxDegree, {
      path: ["points"],
      message: "as many points as a polynomial has coefficients, maxDegree + 1, or more",
    }),
  outputs: {
    /** Means over x, in units of y²; the noise's own variance is not in the total. */
    curve: table({
      degree: x("degree of the polynomial"),
      biasSquared: error("squared bias"),
      variance: error("variance"),
      total: error("total error"),
    }),
    /** Degree with the least total error. */
    optimum: value(z.int()),
  },
  code: new URL("bias-variance.ts", import.meta.url),
});
