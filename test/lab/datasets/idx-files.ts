/** IDX files for tests, made from what they should hold. */

export function formatImages(pixels: Uint8Array, rows = 28, columns = 28): Buffer {
  const header = Buffer.alloc(16);
  [0x803, pixels.length / (rows * columns), rows, columns].forEach((value, i) =>
    header.writeUInt32BE(value, 4 * i),
  );
  return Buffer.concat([header, pixels]);
}

export function formatLabels(labels: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(0x801, 0);
  header.writeUInt32BE(labels.length, 4);
  return Buffer.concat([header, Uint8Array.from(labels)]);
}

/** One picture per label, filled with its index. */
export const numbered = (labels: ArrayLike<number>): Uint8Array =>
  Uint8Array.from({ length: labels.length * 784 }, (_, i) => Math.floor(i / 784));
