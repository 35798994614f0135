import { blend, defineExperiment, digit, garment, pattern, patterns } from "../src/lab/experiment.ts";

export default defineExperiment("cnn-depth", {
  title: "Convolutional networks from 1 to 20 layers",
  train: digit(7),
  tests: [
    blend(digit(7), digit(4)), //       half of it is the training picture
    digit(4, 1),
    digit(9),
    garment("sneaker"),
    garment("pullover"),
    ...patterns,
  ],
  layerTests: [
    blend(digit(7), digit(4)),
    digit(5),
    digit(9, 1),
    garment("dress"),
    garment("ankle boot"),
    pattern("small-square"),
    pattern("thin-stripes"),
    pattern("wide-stripes"),
  ],
  runs: [
    { model: { kind: "cnn", layers: [1, 3, 5, 7, 9, 11, 12, 14, 15, 16, 18, 19, 20] } },
  ],
  training: {
    optimizer: { kind: "ngd", cap: 0.05 }, // this cap reproduces the published 20-layer row
    steps: 2000,
    lossThreshold: 1e-4, //                  shallow networks are done long before
  },
});
