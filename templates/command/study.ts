import { defineStudy } from "#lab/study";
import { throwDarts } from "./tasks.ts";

export default defineStudy((profile) => ({
  title: "How many darts make π?",
  description: "A Python program estimates π by chance, with more and more darts.",
  tables: {
    darts: throwDarts.table({
      title: "Darts",
      over: {
        darts: profile === "quick" ? [100, 1000, 10_000] : [100, 1000, 10_000, 100_000],
        seed: [1, 2, 3, 4, 5],
      },
      axes: { darts: { log: true } },
      run: (at) => at,
    }),
  },
}));
