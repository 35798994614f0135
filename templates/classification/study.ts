import { defineStudy } from "#lab/study";
import { classify } from "./tasks.ts";

export default defineStudy((profile) => ({
  title: "How many hidden units name a digit?",
  description: "Networks with one hidden layer of growing width on a thousand handwritten digits.",
  tables: {
    widths: classify.table({
      title: "Width of the hidden layer",
      over: { width: [1, 4, 16, 64], seed: [1, 2, 3] },
      axes: { width: { label: "hidden units", log: true } },
      run: ({ width, seed }) => ({ width, seed, steps: profile === "quick" ? 60 : 600 }),
    }),
  },
}));
