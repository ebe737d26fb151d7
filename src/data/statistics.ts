/**
 * Mean and standard deviation of each channel over some pictures, of bytes / 255 (dividing by the count, not count − 1).
 *
 * The bytes are counted in 256 bins a channel, and both moments are read off the bins. The counts are exact integers, so
 * the result is the same to the last bit for any order of the pictures, and the variance, Σ count·(value − mean)², is
 * free of the cancellation in E[x²] − E[x]². One increment a byte is also the cheapest pass there is.
 */
import { memoryRows, type PixelRows, type StoredPictures } from "./store.ts";

export interface ChannelStatistics {
  /** [channels], in [0, 1]. */
  readonly mean: readonly number[];
  /** [channels]; 0 for a channel that never changes. */
  readonly standardDeviation: readonly number[];
}

/** Bytes that are read at once: a file gives them in a few reads, and memory in a copy that stays in the cache. */
const PIECE_BYTES = 2 ** 18;

/** @param rows where the pixels are read from; needed for pictures that are not in memory */
export function channelStatistics(
  pictures: StoredPictures,
  indices: Int32Array,
  rows: PixelRows = memoryRows(pictures),
): ChannelStatistics {
  const { channels } = pictures;
  const { row } = rows;
  // Float64 counts exactly up to 2^53; Uint32 would wrap at 4.3e9 pixels, 86 thousand pictures of 224×224.
  const bins = new Float64Array(256 * channels);
  const piece = Math.max(1, Math.floor(PIECE_BYTES / row));
  const pixels = new Uint8Array(Math.min(piece, indices.length) * row);
  for (let start = 0; start < indices.length; start += piece) {
    const taken = Math.min(piece, indices.length - start);
    rows.read(indices, start, taken, pixels);
    const end = taken * row;
    if (channels === 1) {
      for (let at = 0; at < end; at++) bins[pixels[at]!]!++;
    } else {
      for (let at = 0; at < end; at += 3) {
        bins[pixels[at]!]!++;
        bins[256 + pixels[at + 1]!]!++;
        bins[512 + pixels[at + 2]!]!++;
      }
    }
  }
  const count = indices.length * pictures.height * pictures.width;
  const mean: number[] = [];
  const standardDeviation: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const counts = bins.subarray(256 * channel, 256 * (channel + 1));
    const average = counts.reduce((sum, n, value) => sum + n * value, 0) / count;
    const variance = counts.reduce((sum, n, value) => sum + n * (value - average) ** 2, 0) / count;
    mean.push(average / 255);
    standardDeviation.push(Math.sqrt(variance) / 255);
  }
  return { mean, standardDeviation };
}
