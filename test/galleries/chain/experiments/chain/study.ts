import { defineStudy } from "#lab/study";
import { draw, fit } from "./tasks.ts";

export default defineStudy(() => ({
  title: "Lines through a sine",
  tables: {
    fits: fit.table({
      over: { degree: [0, 1], seed: [1, 2, 3] },
      run: ({ degree, seed }) => ({ sample: { points: 20, seed }, degree }),
    }),
    drawings: draw.table({
      over: { degree: { constant: 0, line: 1 } },
      run: ({ degree }) => ({ fit: { sample: { points: 20 }, degree } }),
    }),
  },
}));
