import { defineStudy } from "#lab/study";
import { fitFeatures, measureNetwork } from "./tasks.ts";

const noise = { "true labels": 0, "20 % wrong labels": 0.2 };

export default defineStudy((profile) => {
  const quick = profile === "quick";
  return {
    title: "What happens beyond the bias–variance curve?",
    description:
      "Test error against the number of parameters, through and past the point where all examples are fitted.",
    tables: {
      features: fitFeatures.table({
        title: "Random ReLU features",
        over: {
          noise,
          width: quick
            ? [50, 100, 200, 500, 1000, 4000]
            : [25, 50, 100, 200, 300, 400, 450, 500, 550, 700, 1000, 1500, 2500, 4000],
          seed: quick ? [1] : [1, 2, 3, 4, 5],
        },
        axes: { width: { label: "random features", log: true } },
        run: ({ noise, width, seed }) => ({ examples: { noise, seed }, width }),
      }),
      networks: measureNetwork.table({
        title: "Two-layer networks",
        over: {
          noise,
          width: quick
            ? [8, 16, 64, 83, 112, 1024]
            : [2, 4, 8, 16, 32, 48, 64, 83, 96, 112, 128, 192, 256, 512, 1024],
          seed: quick ? [1] : [1, 2, 3],
        },
        axes: { width: { label: "hidden units", log: true } },
        run: ({ noise, width, seed }) => ({
          network: { examples: { noise, seed }, width, steps: quick ? 300 : 8000 },
        }),
      }),
    },
  };
});
