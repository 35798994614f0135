export interface Bitmap {
  width: number;
  height: number;
  /** 1: grey; 3: red, green, blue. */
  channels: 1 | 3;
  /** [height · width · channels], rows from the top, 8 bits each. */
  data: Uint8Array;
}

/** The bytes of a PNG file without a palette; the same for the same bitmap and version of sharp. */
export async function encodePng({ data, width, height, channels }: Bitmap): Promise<Uint8Array> {
  // Loaded when there is something to draw: its 30 MB are not there while a network trains.
  const { default: sharp } = await import("sharp");
  const image = sharp(data, { raw: { width, height, channels } });
  const typed = channels === 1 ? image.toColourspace("b-w") : image;
  const options = { compressionLevel: 9, adaptiveFiltering: true, palette: false };
  return new Uint8Array(await typed.png(options).toBuffer());
}
