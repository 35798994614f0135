import { defineStudy } from "#lab/study";
import { redraw } from "./tasks.ts";

export default defineStudy((profile) => ({
  title: "How many numbers hold a picture?",
  description: "Networks draw pictures again from one, two, four and eight numbers each.",
  tables: {
    numbers: redraw.table({
      title: "Numbers that a picture is squeezed into",
      over: { numbers: [1, 2, 4, 8], seed: [1, 2, 3] },
      axes: { numbers: { label: "numbers per picture", log: true } },
      run: ({ numbers, seed }) => ({ numbers, seed, steps: profile === "quick" ? 300 : 2000 }),
    }),
  },
}));
