import {
  concat,
  constant,
  convolutionForm,
  gatherRows,
  matMul,
  reshape,
  slice,
  transpose,
  withZeroRow,
} from "../build.ts";
import { Value } from "../value.ts";
import type { ConvInfo } from "./convolution.ts";
import { sum } from "./im2col.ts";
import { transforms } from "./winograd-transforms.ts";

/** Tile side: inputs are cut in overlapping tiles of 8 × 8 pixels. */
const side = 8;

/** Fewer channels leave too little work in the 64 products to pay for the transforms. */
const fewestChannels = 16;

export function winogradApplies(info: ConvInfo): boolean {
  return (
    convolutionForm() === "winograd" &&
    info.strideHeight === 1 &&
    info.strideWidth === 1 &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    info.filterHeight === info.filterWidth &&
    (info.filterHeight === 3 || info.filterHeight === 5) &&
    info.inChannels >= fewestChannels &&
    info.outChannels >= fewestChannels
  );
}

interface Tiling {
  /** Output pixels along one side of a tile. */
  m: number;
  rows: number;
  columns: number;
  /** Tiles of the whole batch. */
  count: number;
  /** [64 · count]: the input pixel at each place of each tile; one past the last is zero. */
  read: Value;
  /** Per overlap, [input pixels]: a place where the pixel lies; one past the last is none. */
  places: Value[];
}

const tilings = new Map<string, Tiling>();

function tile(info: ConvInfo): Tiling {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, padInfo } = info;
  const key = [
    [batchSize, inHeight, inWidth, outHeight, outWidth],
    [filterHeight, padInfo.top, padInfo.left],
  ].join();
  const known = tilings.get(key);
  if (known) return known;
  const m = side + 1 - filterHeight;
  const rows = Math.ceil(outHeight / m);
  const columns = Math.ceil(outWidth / m);
  const count = batchSize * rows * columns;
  const pixels = batchSize * inHeight * inWidth;
  const read = new Int32Array(side * side * count).fill(pixels);
  const found = Array.from({ length: pixels }, (): number[] => []);
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++)
      for (let n = 0; n < batchSize; n++)
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) {
            const y = row * m + i - padInfo.top;
            const x = column * m + j - padInfo.left;
            if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue;
            const place = (i * side + j) * count + (n * rows + row) * columns + column;
            const pixel = (n * inHeight + y) * inWidth + x;
            read[place] = pixel;
            found[pixel]!.push(place);
          }
  const overlaps = Math.max(...found.map((places) => places.length));
  const places = Array.from({ length: overlaps }, (_, k) => {
    const data = Int32Array.from(found, (at) => at[k] ?? read.length);
    return new Value([pixels], "int32", { data });
  });
  const tiling = {
    m,
    rows,
    columns,
    count,
    read: new Value([read.length], "int32", { data: read }),
    places,
  };
  tilings.set(key, tiling);
  return tiling;
}

/** L·X·Lᵀ for each column of X, k · k rows of columns, with L [n, k]: [n, n, columns]. */
function transform(L: Value, X: Value, k: number, columns: number): Value {
  const n = L.shape[0]!;
  const first = matMul(L, reshape(X, [k, k * columns]));
  return matMul(L, reshape(first, [n, k, columns]));
}

/** V = Bᵀ·tiles·B: [64, tiles, I] */
function inputTiles(x: Value, info: ConvInfo): Value {
  const { count, read } = tile(info);
  const { inChannels } = info;
  const { inputT } = transforms(info.filterHeight);
  const rows = reshape(x, [x.size / inChannels, inChannels]);
  const tiles = gatherRows(withZeroRow(rows), read);
  return reshape(transform(inputT, tiles, side, count * inChannels), [
    side * side,
    count,
    inChannels,
  ]);
}

/** U = G·W·Gᵀ: [64, I, O] */
function filterTiles(filter: Value, info: ConvInfo): Value {
  const { inChannels, outChannels, filterHeight } = info;
  const { filter: G } = transforms(filterHeight);
  return reshape(transform(G, filter, filterHeight, inChannels * outChannels), [
    side * side,
    inChannels,
    outChannels,
  ]);
}

/** dM = A·dy·Aᵀ: [64, tiles, O] */
function gradientTiles(dy: Value, info: ConvInfo): Value {
  const { m, rows, columns, count } = tile(info);
  const { batchSize, outChannels } = info;
  const { outputKroneckerT } = transforms(info.filterHeight);
  const whole = padEnd(padEnd(dy, 1, rows * m), 2, columns * m);
  const split = reshape(whole, [batchSize, rows, m, columns, m, outChannels]);
  const tiles = transpose(split, [2, 4, 0, 1, 3, 5]);
  return reshape(matMul(outputKroneckerT, reshape(tiles, [m * m, count * outChannels])), [
    side * side,
    count,
    outChannels,
  ]);
}

/** Zeros after the end of one axis, up to `length`. */
function padEnd(value: Value, axis: number, length: number): Value {
  const missing = length - value.shape[axis]!;
  if (missing === 0) return value;
  const shape = value.shape.map((d, i) => (i === axis ? missing : d));
  const zeros = constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape, "float32");
  return concat([value, zeros], axis);
}

/** Convolution of x [n, h, w, I] with a square filter [k, k, I, O], stride 1. */
export function winogradProduct(x: Value, filter: Value, info: ConvInfo): Value {
  const { m, rows, columns, count } = tile(info);
  const { batchSize, outChannels, outHeight, outWidth } = info;
  const { outputKronecker } = transforms(info.filterHeight);
  const M = matMul(inputTiles(x, info), filterTiles(filter, info));
  const tiles = matMul(outputKronecker, reshape(M, [side * side, count * outChannels]));
  const split = reshape(tiles, [m, m, batchSize, rows, columns, outChannels]);
  const whole = reshape(transpose(split, [2, 3, 0, 4, 1, 5]), [
    batchSize,
    rows * m,
    columns * m,
    outChannels,
  ]);
  return slice(whole, [0, 0, 0, 0], [batchSize, outHeight, outWidth, outChannels]);
}

export function winogradInputGradient(dy: Value, filter: Value, info: ConvInfo): Value {
  const { count, places } = tile(info);
  const { inChannels } = info;
  const { input } = transforms(info.filterHeight);
  const dV = matMul(gradientTiles(dy, info), filterTiles(filter, info), false, true);
  const tiles = transform(input, dV, side, count * inChannels);
  const rows = withZeroRow(reshape(tiles, [side * side * count, inChannels]));
  return reshape(sum(places.map((place) => gatherRows(rows, place))), info.inShape);
}

export function winogradFilterGradient(x: Value, dy: Value, info: ConvInfo): Value {
  const { inChannels, outChannels, filterHeight, filterShape } = info;
  const { filterT } = transforms(filterHeight);
  const dU = matMul(inputTiles(x, info), gradientTiles(dy, info), true, false);
  return reshape(transform(filterT, dU, side, inChannels * outChannels), filterShape);
}
