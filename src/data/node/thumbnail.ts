/** A picture small enough to stand in a page, as a data URL. */
import sharp from "sharp";
import type { Picture } from "../types.ts";

/** Sides up to which a picture is kept as it is, without loss: shrinking or compressing MNIST's 28 pixels would show faults that are not there. */
const TINY = 64;

/** @param side the longer side in pixels; smaller pictures are not enlarged */
export async function thumbnail({ pixels, height, width, channels }: Picture, side = 128): Promise<string> {
  const opened = sharp(pixels, { raw: { height, width, channels } });
  if (Math.max(height, width) <= Math.min(TINY, side)) {
    return `data:image/png;base64,${(await opened.png().toBuffer()).toString("base64")}`;
  }
  const small = opened.resize({ height: side, width: side, fit: "inside", withoutEnlargement: true });
  return `data:image/jpeg;base64,${(await small.jpeg({ quality: 72 }).toBuffer()).toString("base64")}`;
}
