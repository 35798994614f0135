import { defineStudy } from "#lab/study";
import { cnn, fcn } from "./parameters.ts";
import { blend, digit, garment, moved, pattern, patterns, published, seven } from "./pictures.ts";
import { pixelDeviation } from "./scaling.ts";
import { biasVariance, counts, layers, predict, sharpness, story } from "./tasks.ts";
import { byHand, closedForm, mosaic, patchRank } from "./theory-tasks.ts";
import { type Variant, variants } from "./variants.ts";

const oneTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

const fcns = {
  "1 layer, linear": fcn(1, "linear", 784),
  "2 layers, linear": fcn(2, "linear", 784),
  "2 layers, ReLU": fcn(2, "relu", 2048), // no source states the width
  "6 layers, linear": fcn(6, "linear", 784),
  "6 layers, ReLU": fcn(6, "relu", 2048),
} as const;

const depths = [1, 3, 5, 7, 9, 11, 12, 14, 15, 16, 18, 19, 20];

/** Training pictures besides the published one, which no rule of ours chose. */
const trainingPictures = {
  "the published 7": seven,
  "a 3": digit(3),
  "a T-shirt": published.tShirt,
} as const;

/** Tests of the convolutional rows: half of the training picture first. */
const cnnTests = (picture = seven) => [
  blend(picture, digit(4)),
  digit(4, 1),
  digit(9),
  published.sneaker,
  published.pullover,
  ...patterns,
];

/** Tests of the fully connected rows, without the training picture itself. */
const fcnTests = (picture = seven) =>
  [
    blend(picture, digit(2)),
    digit(1),
    digit(0),
    published.ankleBoot,
    published.tShirt,
    ...patterns,
  ].filter((test) => test !== picture);

interface Changed {
  layers: number;
  change: Variant;
  seed: number;
}

export default defineStudy((profile) => {
  const full = profile === "full";
  const quick = profile === "quick";
  const steps = quick ? 120 : 2000;
  const few = quick || profile === "small";
  const seeds = full ? [1, 2, 3, 4, 5] : few ? [1] : [1, 2, 3];
  /** Depths that are trained more than once. */
  const repeated = quick ? [1, 7] : few ? [1, 3] : [1, 3, 5, 9, 14, 20];
  const decided = full ? [7, 14, 20] : [7];
  const changes = few ? { "as shown": variants["as shown"]!, Adam: variants["Adam"]! } : variants;
  const decidedSeeds = full ? [1, 2, 3] : [1];
  const fcnTraining = {
    picture: seven,
    optimizer: { kind: "momentum", learningRate: 0.01 },
    steps,
    lossThreshold: 1e-6, // rounding would show in the check of the one-layer theorem above this
  } as const;
  const greyTraining = {
    ...fcnTraining,
    // the usual 0.01 on errors in grey levels, whose squares are smaller by this factor
    optimizer: { kind: "momentum", learningRate: 0.01 * pixelDeviation ** 2 },
  } as const;
  const cnnTraining = {
    picture: seven,
    optimizer: { kind: "ngd", cap: 0.05 }, // this cap reproduces the published 20-layer row
    steps,
    lossThreshold: 1e-4, //                   shallow networks are done long before
  } as const;
  const changed = ({ layers, change, seed }: Changed) => ({
    ...cnnTraining,
    ...change.training,
    model: cnn(layers, change.model),
    seed,
  });
  return {
    title: "What does a network learn from a single picture?",
    description: "Networks trained to copy one picture, and what they make of all others.",
    tables: {
      "fcn-depth": predict.table({
        title: "Fully connected networks, shallow and deep",
        over: { network: fcns },
        run: ({ network }) => ({
          network: { ...fcnTraining, model: network },
          pictures: fcnTests(),
        }),
      }),
      "cnn-depth": predict.table({
        title: "Convolutional networks from 1 to 20 layers",
        over: { layers: depths },
        run: ({ layers }) => ({
          network: { ...cnnTraining, model: cnn(layers) },
          pictures: cnnTests(),
        }),
      }),
      "fcn-seeds": predict.table({
        title: "Fully connected networks from other initial weights",
        over: { network: fcns, seed: seeds },
        run: ({ network, seed }) => ({
          network: { ...fcnTraining, model: network, seed },
          pictures: fcnTests(),
        }),
      }),
      "fcn-grey": predict.table({
        title: "Fully connected networks that answer in grey levels",
        over: { network: fcns, seed: seeds },
        run: ({ network, seed }) => ({
          network: { ...greyTraining, model: { ...network, output: "grey" }, seed },
          pictures: fcnTests(),
        }),
      }),
      "cnn-seeds": predict.table({
        title: "Convolutional networks from other initial weights",
        over: { layers: full ? depths : repeated, seed: seeds },
        run: ({ layers, seed }) => ({
          network: { ...cnnTraining, model: cnn(layers), seed },
          pictures: cnnTests(),
        }),
      }),
      "fcn-trained-on": predict.table({
        title: "Fully connected networks trained on other pictures",
        over: { network: fcns, picture: trainingPictures },
        run: ({ network, picture }) => ({
          network: { ...fcnTraining, model: network, picture },
          pictures: fcnTests(picture),
        }),
      }),
      "cnn-trained-on": predict.table({
        title: "Convolutional networks trained on other pictures",
        over: { layers: full ? depths : repeated, picture: trainingPictures },
        run: ({ layers, picture }) => ({
          network: { ...cnnTraining, model: cnn(layers), picture },
          pictures: cnnTests(picture),
        }),
      }),
      decides: predict.table({
        title: "What decides: one thing changed at a time",
        over: { layers: decided, change: changes, seed: decidedSeeds },
        run: (at) => ({ network: changed(at), pictures: cnnTests() }),
      }),
      sharpness: sharpness.table({
        title: "How curved the loss is where a training ended",
        over: { layers: decided, change: changes, seed: decidedSeeds },
        run: (at) => ({ network: changed(at) }),
      }),
      moved: predict.table({
        title: "The training picture, moved within a larger field",
        over: { layers: decided },
        run: ({ layers }) => ({
          network: changed({ layers, change: variants["larger field"]!, seed: 1 }),
          pictures: [-6, -3, 3, 6].flatMap((by) => [moved(seven, by, 0), moved(seven, 0, by)]),
        }),
      }),
      story: story.table({
        title: "Training as it goes",
        over: { layers: { "7 layers": 7, "14 layers": 14, "20 layers": 20 } },
        run: ({ layers }) => ({
          network: { ...cnnTraining, model: cnn(layers) },
          pictures: [blend(seven, digit(4)), digit(9), published.sneaker, pattern("wide-stripes")],
        }),
      }),
      "cnn-layers": layers.table({
        title: "What every layer of a convolutional network shows",
        over: {
          network: {
            "20 layers, untrained": { ...cnnTraining, model: cnn(20), steps: 0 },
            "7 layers": { ...cnnTraining, model: cnn(7) }, // trained once, shown twice
            "14 layers": { ...cnnTraining, model: cnn(14) },
            "20 layers": { ...cnnTraining, model: cnn(20) },
          },
        },
        run: ({ network }) => ({
          network,
          pictures: [
            blend(seven, digit(4)),
            digit(5),
            digit(9, 1),
            garment("dress"), // of the published dress the data sets hold several likenesses
            published.highBoot,
            pattern("small-square"),
            pattern("thin-stripes"),
            pattern("wide-stripes"),
          ],
        }),
      }),
      "parameter-counts": counts.table({
        title: "Parameters against layers",
        over: {
          network: {
            "fully connected, width 784": oneTo(8).map((n) => fcn(n, "linear", 784)),
            "convolutional, 128 channels": oneTo(20).map((n) => cnn(n)),
            "convolutional, 1024 channels": oneTo(8).map((n) => cnn(n, { channels: 1024 })), // the post's chart
          },
        },
        run: ({ network }) => ({ models: network }),
      }),
      "bias-variance": biasVariance.table({
        title: "Bias and variance of polynomial fits",
        over: {},
        run: () => ({ maxDegree: 12, points: 20, noise: 0.5, trials: 2000 }),
      }),
      "closed-form": closedForm.table({
        title: "One fully connected layer, trained and computed",
        over: {},
        run: () => ({
          network: { ...fcnTraining, model: fcn(1, "linear", 784) },
          pictures: fcnTests(),
          perClass: 10,
        }),
      }),
      "patch-rank": patchRank.table({
        title: "What one picture tells about a single convolution",
        over: { kernel: [3, 5, 7, 9, 11, 13, 15] },
        run: ({ kernel }) => ({ picture: seven, kernel }),
      }),
      "by-hand": byHand.table({
        title: "The identity by weights that are set by hand",
        over: {
          kind: {
            "fully connected, linear": { ...fcn(1, "linear", 784), biases: false },
            "convolutional, two channels": cnn(1, { channels: 2, biases: false }),
            "convolutional, one channel and biases": cnn(1, { channels: 1 }),
          },
          layers: [1, 7, 20],
        },
        run: ({ kind, layers }) => ({
          network: { picture: seven, model: { ...kind, layers } },
          pictures: cnnTests(),
        }),
      }),
      mosaic: mosaic.table({
        title: "Pictures from the nearest patches of the training picture",
        over: { layers: depths },
        run: ({ layers }) => ({
          picture: seven,
          width: 4 * layers + 1, // what an output pixel depends on through 5 × 5 kernels
          pictures: cnnTests(),
        }),
      }),
    },
  };
});
