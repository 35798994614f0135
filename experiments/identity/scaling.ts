/** Width and height of a picture, in pixels. */
export const side = 28;

/** Mean and standard deviation of the pixels of the MNIST training set, on the scale [0, 1]. */
export const pixelMean = 0.1307;
export const pixelDeviation = 0.3081;

/** What an empty pixel is on the scale that networks see. */
export const black = -pixelMean / pixelDeviation;

/** Pixels in [0, 1] to the scale that networks see: mean about 0, deviation about 1. */
export function standardise(pixels: ArrayLike<number>): Float32Array {
  return Float32Array.from(pixels, (pixel) => (pixel - pixelMean) / pixelDeviation);
}

/** Undoes `standardise` and clips to [0, 1], as pictures are shown; NaN becomes 0. */
export function toDisplay(standardised: ArrayLike<number>): Float32Array {
  return Float32Array.from(standardised, (value) => {
    const pixel = value * pixelDeviation + pixelMean;
    return pixel > 0 ? Math.min(1, pixel) : 0;
  });
}
