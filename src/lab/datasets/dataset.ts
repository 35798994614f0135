export const pixelsPerImage = 784;

export interface LabelledImages {
  /** [n · 784], 0–255. */
  pixels: Uint8Array;
  /** [n], 0–9. */
  labels: Uint8Array;
}
