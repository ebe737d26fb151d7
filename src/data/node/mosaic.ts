import sharp from "sharp";
import type { Uniform } from "../types.ts";

/** Pictures in a row, and rows. */
const ACROSS = 8;
export const MOSAIC_PICTURES = ACROSS * ACROSS;
/** Pixels between two pictures. */
const GAP = 2;
/** A byte that neither black nor white pictures have at their edge, nor the bars of a letterbox. */
const BETWEEN = 224;
/** Small pictures are shown in whole multiples of their size, as large as still fits into this; large ones are made smaller. */
const LARGE = 72;
const LARGEST = 144;

/**
 * Pictures side by side, eight in a row, as a PNG file: what a network is given, for people. Every pixel of pictures up to 144
 * pixels is there as it is.
 * @param block [count, height, width, channels]; at most 64 pictures are shown
 */
export async function mosaicPng(block: Uniform): Promise<Uint8Array> {
  const { pixels, height, width, channels } = block;
  const row = height * width * channels;
  const count = Math.min(MOSAIC_PICTURES, Math.floor(pixels.length / row));
  const times = Math.max(1, Math.floor(LARGE / Math.max(height, width)));
  const across = Math.min(ACROSS, count);
  const down = Math.ceil(count / ACROSS);
  const [cellHeight, cellWidth] = [times * height + GAP, times * width + GAP];
  const whole = { width: across * cellWidth + GAP, height: down * cellHeight + GAP };
  const out = new Uint8Array(whole.height * whole.width * channels).fill(BETWEEN);
  for (let i = 0; i < count; i++) {
    const top = GAP + Math.floor(i / ACROSS) * cellHeight;
    const left = GAP + (i % ACROSS) * cellWidth;
    for (let y = 0; y < times * height; y++) {
      for (let x = 0; x < times * width; x++) {
        const from = i * row + (Math.floor(y / times) * width + Math.floor(x / times)) * channels;
        out.set(pixels.subarray(from, from + channels), ((top + y) * whole.width + left + x) * channels);
      }
    }
  }
  const picture = sharp(out, { raw: { ...whole, channels } });
  const scale = Math.min(1, LARGEST / Math.max(height, width));
  const shown = scale === 1 ? picture : picture.resize({ width: Math.round(scale * whole.width) });
  return await shown.png().toBuffer();
}
