import { defineStudy } from "#lab/study";
import { measure } from "./tasks.ts";

export default defineStudy(() => ({
  title: "How bright are bars, crosses and discs?",
  tables: {
    brightness: measure.table({
      over: { size: { "as drawn": null, "8 × 8": 8 } },
      run: ({ size }) => ({ size }),
    }),
  },
}));
