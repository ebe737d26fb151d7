/** Mean and standard deviation of each feature over some rows of numbers, in float64 and two passes. */
import type { ChannelStatistics } from "./statistics.ts";
import { memoryRows, type PixelRows, type StoredPictures } from "./store.ts";

/** Rows that are read at once. */
const PIECE_ROWS = 512;

/**
 * @param numbers rows float32 [width]
 * @param indices at least one
 * @param rows where they are read from; needed for rows that are not in memory
 * @returns mean and deviation of each feature, [width]; the deviation divides by the count, and is 0 for a feature that never changes
 */
export function featureStatistics(
  numbers: StoredPictures,
  indices: Int32Array,
  rows: PixelRows = memoryRows(numbers),
): ChannelStatistics {
  const { width } = numbers;
  const count = indices.length;
  const piece = new Float32Array(Math.min(PIECE_ROWS, count) * width);
  const bytes = new Uint8Array(piece.buffer);
  const overAll = (term: (value: number, feature: number) => number): Float64Array => {
    const sums = new Float64Array(width);
    for (let start = 0; start < count; start += PIECE_ROWS) {
      const taken = Math.min(PIECE_ROWS, count - start);
      rows.read(indices, start, taken, bytes);
      for (let row = 0; row < taken; row++)
        for (let k = 0; k < width; k++) sums[k]! += term(piece[row * width + k]!, k);
    }
    return sums.map((sum) => sum / count);
  };
  const mean = overAll((value) => value);
  const variance = overAll((value, k) => (value - mean[k]!) ** 2);
  return { mean: [...mean], standardDeviation: Array.from(variance, Math.sqrt) };
}
