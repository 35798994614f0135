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
import { inShape, pixels, type Window } from "./window.ts";
import { transforms } from "./winograd-transforms.ts";

/** Tile side: inputs are cut in overlapping tiles of 8 × 8 pixels. */
const side = 8;

/** Fewer channels leave each of the 64 products too little work. */
const fewestChannels = 16;

const isOne = (n: number) => n === 1;

/** Whether the form exists for a convolution at all. */
const isPossible = ({ filter, stride, dilation }: Window) =>
  filter.length === 2 &&
  filter[0] === filter[1] &&
  [3, 5, 7].includes(filter[0]!) &&
  stride.every(isOne) &&
  dilation.every(isOne);

/**
 * Whether it is the faster one, for all three products of a training step. Both costs are in
 * multiplications per pair of channels and product; the coefficients are fitted to measured times
 * (docs/winograd.md): a tile counts more than its 64 multiplications, because its products are
 * small, and the transforms of the filter cost as much as six tiles.
 */
function pays(w: Window): boolean {
  const k = w.filter[0]!;
  const m = side + 1 - k;
  const tiles = w.batch * Math.ceil(w.output[0]! / m) * Math.ceil(w.output[1]! / m);
  const perTile = 110 + 950 / w.outChannels + (60 * m * m) / w.inChannels;
  const direct = w.batch * w.output[0]! * w.output[1]! * k * k;
  return (
    w.inChannels >= fewestChannels &&
    w.outChannels >= fewestChannels &&
    700 + tiles * perTile < direct
  );
}

export const winogradApplies = (w: Window): boolean =>
  convolutionForm() === "winograd" && isPossible(w) && pays(w);

interface Tiling {
  /** Output pixels along one side of a tile. */
  m: number;
  rows: number;
  columns: number;
  /** Tiles of the whole batch. */
  count: number;
  /** [64 · count]: the input pixel at each place of each tile; one past the last is zero. */
  read: Value;
  /** [overlaps, input pixels]: the places where a pixel lies; one past the last is none. */
  places: Value;
}

const tilings = new Map<string, Tiling>();

function tile(w: Window): Tiling {
  const { batch, input, output, filter, before } = w;
  const key = JSON.stringify([batch, input, output, filter, before]);
  const known = tilings.get(key);
  if (known) return known;
  const [inHeight, inWidth] = input as [number, number];
  const m = side + 1 - filter[0]!;
  const rows = Math.ceil(output[0]! / m);
  const columns = Math.ceil(output[1]! / m);
  const count = batch * rows * columns;
  const pixelCount = batch * inHeight * inWidth;
  const read = new Int32Array(side * side * count).fill(pixelCount);
  const found = Array.from({ length: pixelCount }, (): number[] => []);
  for (let i = 0; i < side; i++)
    for (let j = 0; j < side; j++)
      for (let n = 0; n < batch; n++)
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) {
            const y = row * m + i - before[0]!;
            const x = column * m + j - before[1]!;
            if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue;
            const place = (i * side + j) * count + (n * rows + row) * columns + column;
            const pixel = (n * inHeight + y) * inWidth + x;
            read[place] = pixel;
            found[pixel]!.push(place);
          }
  const overlaps = Math.max(...new Set(found.map((places) => places.length)));
  const places = new Int32Array(overlaps * pixelCount).fill(read.length);
  found.forEach((at, pixel) => at.forEach((place, k) => (places[k * pixelCount + pixel] = place)));
  const tiling = {
    m,
    rows,
    columns,
    count,
    read: new Value([read.length], "int32", { data: read }),
    places: new Value([overlaps, pixelCount], "int32", { data: places }),
  };
  tilings.set(key, tiling);
  return tiling;
}

/**
 * L·X·Rᵀ for each column of X, k · k rows of columns, with L [l, k] and R [r, k]: [l, r, columns].
 */
function transform(L: Value, X: Value, k: number, columns: number, R = L): Value {
  const first = matMul(L, reshape(X, [k, k * columns]));
  return matMul(R, reshape(first, [L.shape[0]!, k, columns]));
}

/** V = Bᵀ·tiles·B: [64, tiles, I] */
function inputTiles(x: Value, w: Window): Value {
  const { count, read } = tile(w);
  const { inChannels } = w;
  const { inputT } = transforms(w.filter[0]!);
  const tiles = gatherRows(withZeroRow(pixels(x)), read);
  return reshape(transform(inputT, tiles, side, count * inChannels), [
    side * side,
    count,
    inChannels,
  ]);
}

/** U = G·W·Gᵀ: [64, I, O] */
function filterTiles(filter: Value, w: Window): Value {
  const { inChannels, outChannels, filter: size } = w;
  const k = size[0]!;
  const { filter: G } = transforms(k);
  return reshape(transform(G, filter, k, inChannels * outChannels), [
    side * side,
    inChannels,
    outChannels,
  ]);
}

/** dM = A·dy·Aᵀ: [64, tiles, O] */
function gradientTiles(dy: Value, w: Window): Value {
  const { m, rows, columns, count } = tile(w);
  const { batch, outChannels } = w;
  const { output } = transforms(w.filter[0]!);
  const whole = padEnd(padEnd(dy, 1, rows * m), 2, columns * m);
  const split = reshape(whole, [batch, rows, m, columns, m, outChannels]);
  const tiles = transpose(split, [2, 4, 0, 1, 3, 5]);
  return reshape(transform(output, tiles, m, count * outChannels), [
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
export function winogradProduct(x: Value, filter: Value, w: Window): Value {
  const { m, rows, columns, count } = tile(w);
  const { batch, outChannels, output } = w;
  const { outputT } = transforms(w.filter[0]!);
  const M = matMul(inputTiles(x, w), filterTiles(filter, w));
  const tiles = transform(outputT, M, side, count * outChannels);
  const split = reshape(tiles, [m, m, batch, rows, columns, outChannels]);
  const whole = reshape(transpose(split, [2, 3, 0, 4, 1, 5]), [
    batch,
    rows * m,
    columns * m,
    outChannels,
  ]);
  return slice(whole, [0, 0, 0, 0], [batch, output[0]!, output[1]!, outChannels]);
}

export function winogradInputGradient(dy: Value, filter: Value, w: Window): Value {
  const { count, places } = tile(w);
  const { inChannels } = w;
  const { input, inputAndZero } = transforms(w.filter[0]!);
  const dV = matMul(gradientTiles(dy, w), filterTiles(filter, w), false, true);
  // A row of zeros in the first transform is cheaper than one more copy of all tiles.
  const tiles = transform(inputAndZero, dV, side, count * inChannels, input);
  const rows = reshape(tiles, [(side + 1) * side * count, inChannels]);
  const overlaps = places.shape[0]!;
  const found = reshape(gatherRows(rows, places), [overlaps, rows.shape[1]! * places.shape[1]!]);
  const ones = constant(new Float32Array(overlaps).fill(1), [1, overlaps], "float32");
  return reshape(matMul(ones, found), inShape(w));
}

export function winogradFilterGradient(x: Value, dy: Value, w: Window): Value {
  const { inChannels, outChannels, filter } = w;
  const { filterT } = transforms(filter[0]!);
  const dU = matMul(inputTiles(x, w), gradientTiles(dy, w), true, false);
  return reshape(transform(filterT, dU, side, inChannels * outChannels), [
    ...filter,
    inChannels,
    outChannels,
  ]);
}
