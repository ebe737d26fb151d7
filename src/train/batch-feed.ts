import { randomBytes, type Shape } from "../core/index.ts";
import { gather, gatherRows, type PixelRows } from "../data/index.ts";
import type { Noise } from "../nn/index.ts";
import { allocate, type Value, type Values } from "../runtime/index.ts";
import type { PictureBlock } from "./plan.ts";

/** What a graph takes of the data, over buffers that each batch is copied into. */
export interface BatchFeed {
  readonly values: Values;
  /** Copies the pictures `order[start]` … with their labels, weights and targets into the buffers. */
  fill(order: Int32Array, start: number): void;
}

/** @param pixelRows where the pixels of `pictures` are read from */
export function batchFeed(pictures: PictureBlock, pixelRows: PixelRows, batch: number, classes: number): BatchFeed {
  const { weights, targets, height, width, channels } = pictures;
  const pixels = allocate("uint8", [batch, height, width, channels]);
  const labels = allocate("int32", [batch]);
  const values: Record<string, Value> = { pixels, labels };
  const rows: { readonly from: Float32Array; readonly row: number; readonly to: Float32Array }[] = [];
  const add = (name: string, from: Float32Array | undefined, shape: Shape, row: number) => {
    if (from === undefined) return;
    values[name] = allocate("float32", shape);
    rows.push({ from, row, to: values[name].data as Float32Array });
  };
  add("weights", weights, [batch], 1);
  add("targets", targets, [batch, classes], classes);
  return {
    values,
    fill: (order, start) => {
      gather(pixelRows, pictures.labels, order, start, batch, pixels.data as Uint8Array, labels.data as Int32Array);
      for (const { from, row, to } of rows) gatherRows(from, row, order, start, batch, to);
    },
  };
}

/** Σ wᵢ of the pictures `order[start]` … `order[end − 1]`: their number, where they have no weights. */
export function weightOf({ weights }: PictureBlock, order: Int32Array, start: number, end: number): number {
  if (weights === undefined) return end - start;
  let total = 0;
  for (let i = start; i < end; i++) total += weights[order[i]];
  return total;
}

/** The random bytes of a step's dropout, over buffers. */
export interface NoiseFeed {
  readonly values: Values;
  /** Draws the bytes of a step (counted from 1), and of a chunk of it: always the same for the same three numbers. */
  draw(seed: number, step: number, chunk: number): void;
}

export function noiseFeed(noise: readonly Noise[]): NoiseFeed {
  const values = Object.fromEntries(noise.map(({ name, shape }) => [name, allocate("uint8", shape)]));
  return {
    values,
    draw: (seed, step, part) => {
      for (const { name } of noise) randomBytes(values[name].data as Uint8Array, { seed, place: name, step, part });
    },
  };
}
