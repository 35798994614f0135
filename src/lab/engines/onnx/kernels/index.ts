import type { LoweringTable } from "../kernel.ts";
import { randomness } from "../random.ts";
import { arithmetic } from "./arithmetic.ts";
import { blocks } from "./blocks.ts";
import { comparison } from "./comparison.ts";
import { convolution } from "./convolution.ts";
import { cumulative } from "./cumulative.ts";
import { depthwise } from "./depthwise.ts";
import { elementwise } from "./elementwise.ts";
import { fillings } from "./filled.ts";
import { indexing } from "./indexing.ts";
import { matrix } from "./matrix.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { reduction } from "./reduction.ts";
import { resize } from "./resize.ts";
import { response } from "./response.ts";
import { shape } from "./shape.ts";

/** TF.js kernel name → how it becomes graph nodes. */
export const lowerings: LoweringTable = {
  ...arithmetic,
  ...blocks,
  ...comparison,
  ...convolution,
  ...cumulative,
  ...depthwise,
  ...elementwise,
  ...fillings,
  ...indexing,
  ...matrix,
  ...normalization,
  ...pooling,
  ...randomness,
  ...reduction,
  ...resize,
  ...response,
  ...shape,
};
