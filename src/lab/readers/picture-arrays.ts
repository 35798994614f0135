import type { Named, Pictures } from "../data.ts";
import type { NumpyArray } from "../npz.ts";

const named = <D extends NumpyArray["data"], L extends string>(
  data: D,
  shape: number[],
  labels: Record<L, string[]>,
): Named<D, L> => ({ data, shape, labels });

export interface PictureParts {
  pixels: Uint8Array;
  /** [n, y, x] or [n, y, x, 3]. */
  shape: number[];
  /** [n], below the number of class names. */
  labels: ArrayLike<number>;
  classNames: readonly string[];
  /** [n] */
  names: readonly string[];
}

/** Pictures in the form that code receives them. */
export function arrangePictures(parts: PictureParts): Pictures {
  const { pixels, shape, classNames, names } = parts;
  const labels = Int32Array.from(parts.labels);
  const counts = new Int32Array(classNames.length);
  for (const label of labels) counts[label]!++;
  return {
    pixels: named(pixels, shape, { picture: [...names] }),
    labels: { data: labels, shape: [labels.length] },
    classes: named(counts, [counts.length], { class: [...classNames] }),
  };
}
