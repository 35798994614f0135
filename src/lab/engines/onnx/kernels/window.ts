import type { backend_util } from "@tensorflow/tfjs-core";
import { concat, constant, gatherRows, reshape, transpose } from "../build.ts";
import { type DType, sizeOf, toData, Value } from "../value.ts";

/**
 * How a filter or pool slides over the middle axes of [batch, …space, channels]; one entry per
 * axis of space.
 */
export interface Window {
  batch: number;
  inChannels: number;
  outChannels: number;
  /** Pixels of the input and of the output. */
  input: number[];
  output: number[];
  filter: number[];
  stride: number[];
  dilation: number[];
  /** Padding before the first pixel. */
  before: number[];
}

export function windowOf2d(info: backend_util.Conv2DInfo): Window {
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    filter: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    dilation: [info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.top, info.padInfo.left],
  };
}

export function windowOf3d(info: backend_util.Conv3DInfo): Window {
  return {
    batch: info.batchSize,
    inChannels: info.inChannels,
    outChannels: info.outChannels,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    filter: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  };
}

export const inShape = (w: Window): number[] => [w.batch, ...w.input, w.inChannels];
export const outShape = (w: Window): number[] => [w.batch, ...w.output, w.outChannels];
/** Positions in the filter. */
export const tapsOf = (w: Window): number => sizeOf(w.filter);

const tables = new Map<string, Value>();

/** Index tables are large and the same in every layer of a shape: they are made once. */
function table(kind: string, w: Window, rows: number, make: () => Int32Array): Value {
  const { batch, input, output, filter, stride, dilation, before } = w;
  const key = JSON.stringify([kind, batch, input, output, filter, stride, dilation, before]);
  const known = tables.get(key);
  if (known) return known;
  const data = make();
  const value = new Value([rows, data.length / Math.max(rows, 1)], "int32", { data });
  tables.set(key, value);
  return value;
}

interface Axis {
  rows: number;
  taps: number;
  size: number;
  /** Where a tap of a row falls; outside 0 … size − 1 there is nothing. */
  at: (row: number, tap: number) => number;
}

/** [rows, taps] over all axes, of one sample: pixel numbers, and −1 where there is none. */
function pixelNumbers(axes: readonly Axis[]): Int32Array {
  let found = [[0]];
  for (const { rows, taps, size, at } of axes) {
    const places = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: taps }, (_, tap) => {
        const place = at(row, tap);
        return Number.isInteger(place) && place >= 0 && place < size ? place : -1;
      }),
    );
    found = found.flatMap((outer) =>
      places.map((row) =>
        outer.flatMap((pixel) =>
          row.map((place) => (pixel < 0 || place < 0 ? -1 : pixel * size + place)),
        ),
      ),
    );
  }
  return Int32Array.from(found.flat());
}

/** What one sample's numbers are in all samples of a batch, of `size` each. @param none for −1 */
function inBatch(numbers: Int32Array, batch: number, size: number, none: number): Int32Array {
  const all = new Int32Array(batch * numbers.length);
  for (let sample = 0; sample < batch; sample++) {
    const [start, first] = [sample * numbers.length, sample * size];
    for (let i = 0; i < numbers.length; i++) {
      all[start + i] = numbers[i]! < 0 ? none : first + numbers[i]!;
    }
  }
  return all;
}

const readAxes = (w: Window): Axis[] =>
  w.input.map((size, i) => ({
    rows: w.output[i]!,
    taps: w.filter[i]!,
    size,
    at: (row, tap) => row * w.stride[i]! + tap * w.dilation[i]! - w.before[i]!,
  }));

const writeAxes = (w: Window): Axis[] =>
  w.output.map((size, i) => ({
    rows: w.input[i]!,
    taps: w.filter[i]!,
    size,
    at: (row, tap) => (row + w.before[i]! - tap * w.dilation[i]!) / w.stride[i]!,
  }));

/** [output pixels, taps]: which input pixel each tap reads; one past the last is padding. */
export function readTable(w: Window): Value {
  const size = sizeOf(w.input);
  return table("read", w, w.batch * sizeOf(w.output), () =>
    inBatch(pixelNumbers(readAxes(w)), w.batch, size, w.batch * size),
  );
}

/** [input pixels, taps]: which output pixel each tap of an input pixel feeds; one past: none. */
export function writeTable(w: Window): Value {
  const size = sizeOf(w.output);
  return table("write", w, w.batch * sizeOf(w.input), () =>
    inBatch(pixelNumbers(writeAxes(w)), w.batch, size, w.batch * size),
  );
}

/** [input pixels, taps] of the products of every pixel with every tap, as readTable adds them. */
export function responseTable(w: Window): Value {
  const taps = tapsOf(w);
  const none = w.batch * sizeOf(w.input);
  const read = readTable(w);
  return table("responses", w, read.shape[0]!, () =>
    (read.data as Int32Array).map((pixel, i) =>
      pixel === none ? none * taps : pixel * taps + (i % taps),
    ),
  );
}

export interface Feeds {
  /** [input pixels, overlaps]: an output pixel that reads the pixel; one past the last is none. */
  outputs: Value;
  /** [input pixels, overlaps]: the tap by which it does; −1 for none. */
  taps: Value;
}

/** Of one sample, the output pixels that read each pixel and their taps, side by side; −1 for none. */
function packFeeds(w: Window): { outputs: Int32Array; taps: Int32Array } {
  const taps = tapsOf(w);
  const numbers = pixelNumbers(writeAxes(w));
  const pixels = numbers.length / taps;
  const found = Array.from({ length: pixels }, (_, pixel) =>
    Array.from({ length: taps }, (_, tap) => tap).filter(
      (tap) => numbers[pixel * taps + tap]! >= 0,
    ),
  );
  const overlaps = Math.max(1, ...new Set(found.map((row) => row.length)));
  const packed = Int32Array.from(
    { length: pixels * overlaps },
    (_, i) => found[Math.floor(i / overlaps)]![i % overlaps] ?? -1,
  );
  const outputs = packed.map((tap, i) =>
    tap < 0 ? -1 : numbers[Math.floor(i / overlaps) * taps + tap]!,
  );
  return { outputs, taps: packed };
}

/** The write table without its gaps: with strides, few of the taps of a pixel feed anything. */
export function feedsOf(w: Window): Feeds {
  const [pixels, size] = [w.batch * sizeOf(w.input), sizeOf(w.output)];
  return {
    outputs: table("feeds", w, pixels, () =>
      inBatch(packFeeds(w).outputs, w.batch, size, w.batch * size),
    ),
    taps: table("feeding taps", w, pixels, () => inBatch(packFeeds(w).taps, w.batch, 0, -1)),
  };
}

/** [pixels, channels] */
export function pixels(value: Value): Value {
  const channels = value.shape.at(-1)!;
  return reshape(value, [sizeOf(value.shape.slice(0, -1)), channels]);
}

/** The rows that a table of pixel numbers names: [rows, taps, channels]; `padding` where none. */
export function gatherPixels(value: Value, indices: Value, padding = 0): Value {
  const rows = pixels(value);
  const channels = rows.shape[1]!;
  const dtype: DType = value.dtype;
  const filling = toData(new Array<number>(channels).fill(padding), dtype);
  return gatherRows(concat([rows, constant(filling, [1, channels], dtype)], 0), indices);
}

/** Attributes of ONNX's own sliding operators; padding past the last pixel that is read is left out. */
export function windowAttributes(w: Window) {
  const after = w.output.map((size, i) => {
    const reach = (size - 1) * w.stride[i]! + (w.filter[i]! - 1) * w.dilation[i]! + 1;
    return Math.max(0, reach - w.input[i]! - w.before[i]!);
  });
  return {
    kernel_shape: { ints: w.filter },
    strides: { ints: w.stride },
    dilations: { ints: w.dilation },
    pads: { ints: [...w.before, ...after] },
  };
}

/** From [batch, …space, channels] to ONNX's [batch, channels, …space]. */
export function channelsFirst(value: Value): Value {
  const space = value.shape.slice(1, -1).map((_, i) => i + 1);
  return transpose(value, [0, space.length + 1, ...space]);
}

export function channelsLast(value: Value): Value {
  const space = value.shape.slice(2).map((_, i) => i + 2);
  return transpose(value, [0, ...space, 1]);
}
