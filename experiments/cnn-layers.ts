import { defineExperiment } from "../src/lab/experiment.ts";
import cnnDepth from "./cnn-depth.ts";

export default defineExperiment("cnn-layers", {
  ...cnnDepth.config, //                   the same runs: trained once, shown twice
  title: "What every layer of a convolutional network shows",
  runs: [
    { model: { kind: "cnn", layers: 20 }, training: { steps: 0 } }, // as initialised
    { model: { kind: "cnn", layers: [7, 14, 20] } },
  ],
  publish: ["layers"],
});
