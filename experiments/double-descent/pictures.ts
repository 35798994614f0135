import { factor, inputs, side } from "./sizes.ts";

const wide = side * factor;

/**
 * Pictures at a quarter of their width and height: each pixel is the mean of sixteen.
 * @param pixels bytes of pictures of 28 × 28, 255 being white.
 * @param indices of the pictures wanted.
 * @returns [indices, 7, 7], in [0, 1].
 */
export function shrink(pixels: Uint8Array, indices: readonly number[]): Float32Array {
  const shrunk = new Float32Array(indices.length * inputs);
  for (const [n, index] of indices.entries()) {
    for (let i = 0; i < wide * wide; i++) {
      const [y, x] = [Math.floor(i / wide), i % wide].map((at) => Math.floor(at / factor));
      shrunk[n * inputs + y! * side + x!]! +=
        pixels[index * wide * wide + i]! / (factor ** 2 * 255);
    }
  }
  return shrunk;
}

/** The mean picture. @param pictures [n, 49] @returns [49] */
export function meanPicture(pictures: Float32Array): Float64Array {
  const mean = new Float64Array(inputs);
  const count = pictures.length / inputs;
  pictures.forEach((pixel, i) => (mean[i % inputs]! += pixel / count));
  return mean;
}

/** Pictures less the mean one. @param pictures [n, 49] @param mean [49] */
export const centre = (pictures: Float32Array, mean: Float64Array): Float32Array =>
  pictures.map((pixel, i) => pixel - mean[i % inputs]!);
