import { countParameters } from "#lab/networks/network";
import type { Code } from "#lab/task";
import { createNetwork } from "./networks.ts";
import type { counts } from "./tasks.ts";

const run: Code<typeof counts> = async ({ params: { models } }) => {
  const counted = models.map((model) => countParameters(createNetwork(model)).layers);
  const sum = (part: "weights" | "biases") =>
    counted.map((layers) => layers.reduce((total, layer) => total + layer[part], 0));
  return {
    counts: {
      layers: models.map(({ layers }) => layers),
      weights: sum("weights"),
      biases: sum("biases"),
    },
  };
};

export default run;
