import { defineStudy } from "#lab/study";
import { classify } from "./tasks.ts";

export default defineStudy(() => ({
  title: "Two spirals",
  tables: {
    widths: classify.table({
      over: { width: [2, 4, 8, 32], seed: [1, 2, 3] },
      axes: { width: { label: "hidden units", log: true } },
      run: (at) => at,
    }),
  },
}));
