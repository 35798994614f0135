import { defineExperiment } from "../src/lab/experiment.ts";

export default defineExperiment("parameter-counts", {
  title: "Parameters against layers",
  task: "parameters",
  models: [
    { kind: "fcn", layers: [1, 2, 3, 4, 5, 6, 7, 8], activation: "linear", width: 784 },
    {
      kind: "cnn",
      layers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
    },
    { kind: "cnn", layers: [1, 2, 3, 4, 5, 6, 7, 8], channels: 1024 }, // the post's chart
  ],
});
