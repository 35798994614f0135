import { dataset } from "#lab/data";
import { arrays, defineTask, row, table, value, x, y, z } from "#lab/task";
import { Model } from "./parameters.ts";
import { dataOf, Picture } from "./pictures.ts";
import { correlation, error, Means, predict, train } from "./tasks.ts";

/** Between two kinds of answers, over all pixels of all pictures, on standardised pixels. */
const Difference = z.strictObject({ largest: z.number(), rms: z.number() });

/** One trained linear layer against the closed form, which takes its initial weights and no training. */
export const closedForm = defineTask({
  name: "closed-form",
  params: z.strictObject({
    network: train.params.refine(({ model }) => model.kind === "fcn" && model.layers === 1, {
      path: ["model"],
      message: "must be one fully connected layer",
    }),
    pictures: z.array(Picture).min(1),
    /** Pictures of every class of both test parts that are measured besides. */
    perClass: z.int().positive(),
  }),
  inputs: ({ network, pictures, perClass }) => ({
    weights: train.run(network).weights,
    summary: train.run(network).summary,
    /** Weights before the first step. */
    initial: train.run({ ...network, steps: 0 }).weights,
    /** The training picture first. */
    pixels: [network.picture, ...pictures].map(dataOf),
    digits: dataset("mnist", { part: "test", pick: { perClass } }),
    garments: dataset("fashion-mnist", { part: "test", pick: { perClass } }),
  }),
  outputs: {
    /** What the closed form answers, as displayed; the training picture first. */
    pictures: arrays(
      { inputs: ["picture", "y", "x"], outputs: ["picture", "y", "x"] },
      { range: [0, 1] },
    ),
    /** Of the trained layer and the closed form at zero error. */
    difference: value(Difference),
    /** The same where the closed form is given what is left of the training error. */
    remainder: value(Difference),
    /** Standard deviation of the initial weights. */
    deviation: value(z.number()),
    /** Tests without the training picture; all lengths on standardised pixels. */
    noise: table({
      picture: row("picture"),
      /** "digit", "garment", "pattern" or "blend". */
      kind: row("kind"),
      distance: x("length of what the picture does not share with the training picture"),
      noise: y("noise per pixel of the trained layer"),
      predicted: y("noise per pixel as predicted from the initial weights"),
    }),
    /** Of measured to predicted noise, over all tests. */
    ratio: value(z.strictObject({ least: z.number(), mean: z.number(), greatest: z.number() })),
  },
  code: new URL("closed-form.ts", import.meta.url),
  needs: () => ({ seconds: 3 }),
});

/** What one picture tells about a single convolution: the equations that its patches give. */
export const patchRank = defineTask({
  name: "patch-rank",
  params: z.strictObject({
    picture: Picture,
    /** Width and height in pixels. */
    kernel: z
      .int()
      .positive()
      .refine((k) => k % 2 === 1, "must be odd"),
  }),
  inputs: ({ picture }) => ({ pixels: dataOf(picture) }),
  outputs: {
    weights: value(z.int(), { label: "weights of the kernel" }),
    rank: value(z.int(), { label: "rank of the patches" }),
    /** With a bias as one more unknown. */
    rankWithBias: value(z.int(), { label: "rank with a bias" }),
    /** Whether the identity is the only kernel that reproduces the picture. */
    isUnique: value(z.boolean(), { label: "one solution" }),
    /** Of the greatest singular value to the least; null where that is 0. */
    condition: value(z.number().nullable(), { label: "condition number" }),
    /** Euclidean, of the least-squares kernel of least norm from the one with 1 in its centre. */
    distance: value(z.number(), { label: "distance from the identity" }),
    spectrum: table({
      place: x("singular value", { log: true }),
      share: y("share of the greatest", { log: true }),
    }),
  },
  code: new URL("patch-rank.ts", import.meta.url),
  needs: ({ kernel }) => ({ seconds: 1 + (kernel / 10) ** 4 }),
});

const isWideEnough = (model: Model): boolean => {
  if (model.kind === "fcn") return model.activation === "linear" && model.width >= 28 * 28;
  return model.biases || model.layers === 1 || model.channels >= 2;
};

/** The identity by weights that are set, not trained, shown and measured as trained ones are. */
export const byHand = defineTask({
  name: "by-hand",
  params: z.strictObject({
    network: z.strictObject({
      /** Correlations are taken with it, as where it was learned. */
      picture: Picture,
      model: Model.refine(
        isWideEnough,
        "must be linear and 784 wide, or convolutional with biases or two channels",
      ),
    }),
    pictures: z.array(Picture).min(1),
  }),
  inputs: ({ network, pictures }) => ({ pixels: [network.picture, ...pictures].map(dataOf) }),
  outputs: predict.outputs,
  code: new URL("by-hand.ts", import.meta.url),
});

/** Pictures put together from patches of a single one: no network, nothing to train or to choose. */
export const mosaic = defineTask({
  name: "mosaic",
  params: z.strictObject({
    /** Where patches come from. */
    picture: Picture,
    /** Of patches, in pixels: what an output pixel of a network depends on. */
    width: z
      .int()
      .positive()
      .refine((width) => width % 2 === 1, "must be odd"),
    pictures: z.array(Picture).min(1),
  }),
  inputs: ({ picture, pictures }) => ({ pixels: [picture, ...pictures].map(dataOf) }),
  outputs: {
    /** The picture that patches come from first. */
    pictures: arrays(
      { inputs: ["picture", "y", "x"], outputs: ["picture", "y", "x"] },
      { range: [0, 1] },
    ),
    /** As `predict` measures what is displayed. */
    measures: table({
      picture: row("picture"),
      displayedRInput: correlation("correlation of output and input, as displayed"),
      displayedRTrain: correlation("correlation of output and training picture, as displayed"),
      displayedGain: y("gain, as displayed"),
      displayedMse: error("mean squared error, as displayed"),
    }),
    /** Over the tests; undefined correlations are left out. */
    means: value(z.strictObject({ displayed: Means })),
    substitutes: predict.outputs.substitutes,
  },
  code: new URL("mosaic.ts", import.meta.url),
});
