import { defineStudy } from "#lab/study";
import { fill } from "./tasks.ts";

export default defineStudy(() => ({
  title: "More than fits a page",
  tables: {
    sizes: fill.table({
      over: { size: Array.from({ length: 14 }, (_, i) => 40 + i) },
      run: ({ size }) => ({ size, seed: 1 }),
    }),
  },
}));
