import { gatherRows, gemm, reduce, reshape, transpose, withZeroRow } from "../build.ts";
import { sameShape, type Value } from "../value.ts";
import {
  gatherPixels,
  inShape,
  outShape,
  pixels,
  readTable,
  responseTable,
  tapsOf,
  type Window,
  writeTable,
} from "./window.ts";

/*
 * Channels stay last: a pixel is a row of its channels, a column block of the patch matrix is one
 * gathered row, and padding gathers a row of zeros. Stride and dilation live in the index table.
 */

/** The patch matrix: [pixels, taps · channels]. */
function patches(value: Value, indices: Value): Value {
  const gathered = gatherPixels(value, indices);
  return reshape(gathered, [indices.shape[0]!, indices.shape[1]! * gathered.shape[2]!]);
}

const isPointwise = (w: Window) =>
  tapsOf(w) === 1 && w.stride.every((stride) => stride === 1) && sameShape(w.input, w.output);

/** [taps · O, I] from [taps · I, O]. */
function transposedFilter(filter: Value, w: Window): Value {
  const taps = tapsOf(w);
  const swapped = transpose(reshape(filter, [taps, w.inChannels, w.outChannels]), [0, 2, 1]);
  return reshape(swapped, [taps * w.outChannels, w.inChannels]);
}

/** With few output channels the product comes first and the gather moves less. */
function productThenGather(x: Value, filter: Value, w: Window): Value {
  const rows = pixels(x);
  const responses = gemm(rows, transposedFilter(filter, w), false, true);
  const flat = reshape(responses, [rows.shape[0]! * tapsOf(w), w.outChannels]);
  return reduce("ReduceSum", gatherRows(withZeroRow(flat), responseTable(w)), [1], false);
}

/** Convolution of x [n, …space, I] with a filter […space, I, O]. */
export function product(x: Value, filter: Value, w: Window): Value {
  const matrix = reshape(filter, [tapsOf(w) * w.inChannels, w.outChannels]);
  if (isPointwise(w)) return reshape(gemm(pixels(x), matrix), outShape(w));
  if (w.outChannels * 4 <= w.inChannels) {
    return reshape(productThenGather(x, filter, w), outShape(w));
  }
  return reshape(gemm(patches(x, readTable(w)), matrix), outShape(w));
}

export function inputGradient(dy: Value, filter: Value, w: Window): Value {
  const columns = isPointwise(w) ? pixels(dy) : patches(dy, writeTable(w));
  return reshape(gemm(columns, transposedFilter(filter, w)), inShape(w));
}

export function filterGradient(x: Value, dy: Value, w: Window): Value {
  const shape = [...w.filter, w.inChannels, w.outChannels];
  if (isPointwise(w)) return reshape(gemm(pixels(x), pixels(dy), true), shape);
  if (w.outChannels === 1) {
    return reshape(gemm(patches(dy, writeTable(w)), pixels(x), true), shape);
  }
  return reshape(gemm(patches(x, readTable(w)), pixels(dy), true), shape);
}
