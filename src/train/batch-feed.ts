import { gather } from "../data/index.ts";
import { allocate, type Values } from "../runtime/index.ts";
import type { PictureBlock } from "./plan.ts";

/** The inputs `pixels` and `labels` of a graph, over buffers that each batch is copied into. */
export interface BatchFeed {
  readonly values: Values;
  /** Copies the pictures `order[start]` … into the buffers. */
  fill(order: Int32Array, start: number): void;
}

export function batchFeed(pictures: PictureBlock, batch: number): BatchFeed {
  const pixels = allocate("uint8", [batch, pictures.height, pictures.width, pictures.channels]);
  const labels = allocate("int32", [batch]);
  return {
    values: { pixels, labels },
    fill: (order, start) => gather(pictures, order, start, batch, pixels.data as Uint8Array, labels.data as Int32Array),
  };
}
