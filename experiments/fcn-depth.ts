import { blend, defineExperiment, digit, garment, patterns } from "../src/lab/experiment.ts";

export default defineExperiment("fcn-depth", {
  title: "Fully connected networks, shallow and deep",
  train: digit(7),
  tests: [
    blend(digit(7), digit(2)), // half of it is the training picture
    digit(1),
    digit(0),
    garment("ankle boot"),
    garment("T-shirt"),
    ...patterns,
  ],
  runs: [
    { model: { kind: "fcn", layers: [1, 2], activation: "linear", width: 784 } },
    { model: { kind: "fcn", layers: 2, activation: "relu", width: 2048 } }, // no source states the width
    { model: { kind: "fcn", layers: 6, activation: "linear", width: 784 } },
    { model: { kind: "fcn", layers: 6, activation: "relu", width: 2048 } },
  ],
  training: {
    optimizer: { kind: "momentum", learningRate: 0.01 },
    steps: 2000,
    lossThreshold: 1e-6, // rounding would show in the check of the theorem above this
  },
});
