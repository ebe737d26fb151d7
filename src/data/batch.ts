/**
 * The training worker's inner loop over data: in which order, and the copy of a batch into the caller's buffers.
 */
import { Random } from "../core/index.ts";
import type { PixelRows } from "./store.ts";

/** A shuffled copy; a pure function of (seed, epoch), so a resumed run continues in the middle of an epoch. */
export function epochOrder(indices: Int32Array, seed: number, epoch: number): Int32Array {
  return new Random(seed, "order", epoch).shuffle(indices.slice());
}

/**
 * Copies the pictures `indices[start]` … `indices[start + count − 1]` into `pixelsOut` [count, height, width, channels]
 * and their classes into `labelsOut` [count]; both may be longer.
 */
export function gather(
  rows: PixelRows,
  labels: Int32Array,
  indices: Int32Array,
  start: number,
  count: number,
  pixelsOut: Uint8Array,
  labelsOut: Int32Array,
): void {
  rows.read(indices, start, count, pixelsOut);
  for (let i = 0; i < count; i++) labelsOut[i] = labels[indices[start + i]!]!;
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
