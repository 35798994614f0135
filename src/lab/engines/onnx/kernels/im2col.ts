import { emit, gatherRows, gemm, reduce, reshape, transpose, withZeroRow } from "../build.ts";
import { Value } from "../value.ts";
import type { ConvInfo } from "./convolution.ts";

/*
 * Channels stay last: a pixel is a row of its channels, a column block of the patch matrix is one
 * gathered row, and padding gathers a row of zeros. Stride and dilation live in the index table.
 */

const tables = new Map<string, Value>();

function table(
  kind: string,
  info: ConvInfo,
  rows: number,
  fill: (table: Int32Array) => void,
): Value {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  const key = [
    kind,
    [batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth],
    [strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo.top, padInfo.left],
  ].join();
  const known = tables.get(key);
  if (known) return known;
  const taps = filterHeight * filterWidth;
  const data = new Int32Array(rows * taps);
  fill(data);
  const value = new Value([rows, taps], "int32", { data });
  tables.set(key, value);
  return value;
}

const isInside = (y: number, x: number, height: number, width: number) =>
  y >= 0 && y < height && x >= 0 && x < width;

/** [output pixels, taps]: which input pixel each tap reads; one past the last is zero. */
function readTable(info: ConvInfo): Value {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const zero = batchSize * inHeight * inWidth;
  return table("read", info, batchSize * outHeight * outWidth, (data) => {
    let at = 0;
    for (let n = 0; n < batchSize; n++)
      for (let y = 0; y < outHeight; y++)
        for (let x = 0; x < outWidth; x++)
          for (let u = 0; u < filterHeight; u++)
            for (let v = 0; v < filterWidth; v++) {
              const row = y * info.strideHeight + u * info.dilationHeight - info.padInfo.top;
              const column = x * info.strideWidth + v * info.dilationWidth - info.padInfo.left;
              data[at++] = isInside(row, column, inHeight, inWidth)
                ? (n * inHeight + row) * inWidth + column
                : zero;
            }
  });
}

/** [input pixels, taps]: which output pixel each tap of an input pixel feeds. */
function writeTable(info: ConvInfo): Value {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  const zero = batchSize * outHeight * outWidth;
  return table("write", info, batchSize * inHeight * inWidth, (data) => {
    let at = 0;
    for (let n = 0; n < batchSize; n++)
      for (let y = 0; y < inHeight; y++)
        for (let x = 0; x < inWidth; x++)
          for (let u = 0; u < filterHeight; u++)
            for (let v = 0; v < filterWidth; v++) {
              const row = (y + info.padInfo.top - u * info.dilationHeight) / info.strideHeight;
              const column = (x + info.padInfo.left - v * info.dilationWidth) / info.strideWidth;
              const isOutput =
                Number.isInteger(row) &&
                Number.isInteger(column) &&
                isInside(row, column, outHeight, outWidth);
              data[at++] = isOutput ? (n * outHeight + row) * outWidth + column : zero;
            }
  });
}

const pixels = (value: Value) => {
  const channels = value.shape.at(-1)!;
  return reshape(value, [value.size / channels, channels]);
};

/** The patch matrix: [pixels, taps · channels]. */
function patches(value: Value, indices: Value): Value {
  const rows = pixels(value);
  return reshape(gatherRows(withZeroRow(rows), indices), [
    indices.shape[0]!,
    indices.shape[1]! * rows.shape[1]!,
  ]);
}

const isPointwise = (info: ConvInfo) =>
  info.filterHeight * info.filterWidth === 1 &&
  info.strideHeight === 1 &&
  info.strideWidth === 1 &&
  info.outHeight === info.inHeight &&
  info.outWidth === info.inWidth;

/** [taps · O, I] from [height, width, I, O]. */
function transposedFilter(filter: Value, info: ConvInfo): Value {
  const { inChannels, outChannels } = info;
  const taps = info.filterHeight * info.filterWidth;
  const swapped = transpose(reshape(filter, [taps, inChannels, outChannels]), [0, 2, 1]);
  return reshape(swapped, [taps * outChannels, inChannels]);
}

/** With few output channels the product comes first and the gather moves less. */
function productThenGather(x: Value, filter: Value, info: ConvInfo): Value {
  const { outChannels } = info;
  const taps = info.filterHeight * info.filterWidth;
  const rows = pixels(x);
  const responses = gemm(rows, transposedFilter(filter, info), false, true);
  const read = readTable(info);
  const zero = rows.shape[0]!;
  const indices = table("read responses", info, read.shape[0]!, (data) => {
    (read.data as Int32Array).forEach((pixel, i) => {
      data[i] = pixel === zero ? zero * taps : pixel * taps + (i % taps);
    });
  });
  const flat = withZeroRow(reshape(responses, [zero * taps, outChannels]));
  return reduce("ReduceSum", gatherRows(flat, indices), [1], false);
}

/** Convolution of x [n, h, w, I] with a filter [height, width, I, O]. */
export function product(x: Value, filter: Value, info: ConvInfo): Value {
  const taps = info.filterHeight * info.filterWidth;
  const matrix = reshape(filter, [taps * info.inChannels, info.outChannels]);
  if (isPointwise(info)) return reshape(gemm(pixels(x), matrix), info.outShape);
  if (info.outChannels * 4 <= info.inChannels) {
    return reshape(productThenGather(x, filter, info), info.outShape);
  }
  return reshape(gemm(patches(x, readTable(info)), matrix), info.outShape);
}

export function inputGradient(dy: Value, filter: Value, info: ConvInfo): Value {
  const columns = isPointwise(info) ? pixels(dy) : patches(dy, writeTable(info));
  return reshape(gemm(columns, transposedFilter(filter, info)), info.inShape);
}

export function filterGradient(x: Value, dy: Value, info: ConvInfo): Value {
  const { outChannels, filterShape } = info;
  if (isPointwise(info)) return reshape(gemm(pixels(x), pixels(dy), true), filterShape);
  if (outChannels === 1) {
    return reshape(gemm(patches(dy, writeTable(info)), pixels(x), true), filterShape);
  }
  return reshape(gemm(patches(x, readTable(info)), pixels(dy), true), filterShape);
}

/** Adds values of equal shape. */
export const sum = (values: Value[]): Value =>
  values.length === 1 ? values[0]! : emit("Sum", values, values[0]!.shape, values[0]!.dtype);
