/**
 * The training worker's inner loop over data: in which order, and the copy of a batch into the caller's buffers.
 */
import { Random } from "../core/index.ts";
import type { Pictures } from "./types.ts";

/** A shuffled copy; a pure function of (seed, epoch), so a resumed run continues in the middle of an epoch. */
export function epochOrder(indices: Int32Array, seed: number, epoch: number): Int32Array {
  return new Random(seed, "order", epoch).shuffle(indices.slice());
}

/**
 * Copies the pictures `indices[start]` … `indices[start + count − 1]` into `pixelsOut` [count, height, width, channels]
 * and their classes into `labelsOut` [count]; both may be longer.
 *
 * One `set` of one subarray a row. It makes a view for each row, and is still the fastest by far (Node 20, batch of 128
 * out of shared memory, µs for the whole batch, rows in cache): rows of 784 bytes: 8, against 12 by float64 loop, 27 by
 * int32 loop, 87 by byte loop; rows of 3072: 21, against 52, 106, 670.
 */
export function gather(
  pictures: Pick<Pictures, "pixels" | "labels" | "height" | "width" | "channels">,
  indices: Int32Array,
  start: number,
  count: number,
  pixelsOut: Uint8Array,
  labelsOut: Int32Array,
): void {
  const { pixels, labels } = pictures;
  const row = pictures.height * pictures.width * pictures.channels;
  for (let i = 0; i < count; i++) {
    const index = indices[start + i]!;
    pixelsOut.set(pixels.subarray(index * row, (index + 1) * row), i * row);
    labelsOut[i] = labels[index]!;
  }
}

/** Copies the rows `indices[start]` … `indices[start + count − 1]` of numbers [count, row] into `out`. */
export function gatherRows(
  rows: Float32Array,
  row: number,
  indices: Int32Array,
  start: number,
  count: number,
  out: Float32Array,
): void {
  for (let i = 0; i < count; i++) {
    const from = indices[start + i]! * row;
    for (let j = 0; j < row; j++) out[i * row + j] = rows[from + j]!;
  }
}
