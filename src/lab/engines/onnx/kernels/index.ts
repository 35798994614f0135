import type { LoweringTable } from "../kernel.ts";
import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { matrix } from "./matrix.ts";
import { reduction } from "./reduction.ts";
import { shape } from "./shape.ts";

/** TF.js kernel name → how it becomes graph nodes. */
export const lowerings: LoweringTable = {
  ...elementwise,
  ...reduction,
  ...shape,
  ...matrix,
  ...convolution,
};
