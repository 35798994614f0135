import { defineExperiment } from "../src/lab/experiment.ts";

export default defineExperiment("bias-variance", {
  title: "Bias and variance of polynomial fits",
  task: "bias-variance",
  maxDegree: 12,
  points: 20,
  noise: 0.5,
  trials: 2000,
  seed: 1,
});
