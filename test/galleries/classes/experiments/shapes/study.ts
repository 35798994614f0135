import { defineStudy } from "#lab/study";
import { classify } from "./tasks.ts";

export default defineStudy(() => ({
  title: "How many units tell four shapes apart?",
  description:
    "Small networks of growing width on noisy drawings of bars, crosses, discs and rings.",
  tables: {
    widths: classify.table({
      title: "Width of the hidden layer",
      over: { width: [1, 2, 4, 8], seed: [1, 2, 3] },
      run: ({ width, seed }) => ({ width, seed, noise: 0.3, steps: 200 }),
    }),
    noise: classify.table({
      title: "Noise",
      over: { noise: { "no noise": 0, "some noise": 0.4, "much noise": 0.8 } },
      run: ({ noise }) => ({ width: 8, seed: 1, noise, steps: 200 }),
    }),
  },
}));
