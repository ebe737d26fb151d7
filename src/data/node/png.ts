import sharp from "sharp";

/** Bytes [height, width, channels] as a PNG file; of four channels the last is alpha, not premultiplied. */
export async function encodePng(picture: {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}): Promise<Uint8Array> {
  const { pixels, height, width, channels } = picture;
  return await sharp(pixels, { raw: { height, width, channels } }).png().toBuffer();
}
