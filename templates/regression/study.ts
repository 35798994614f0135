import { defineStudy } from "#lab/study";
import { fit } from "./tasks.ts";

export default defineStudy((profile) => ({
  title: "How wide must a network be to follow a swing?",
  description:
    "Networks of growing width on eighty measurements of something that swings and dies away.",
  tables: {
    widths: fit.table({
      title: "Width of the hidden layers",
      over: { width: [1, 2, 4, 8, 16, 64], seed: [1, 2, 3] },
      axes: { width: { label: "units of each hidden layer", log: true } },
      run: ({ width, seed }) => ({ width, seed, steps: profile === "quick" ? 300 : 3000 }),
    }),
  },
}));
