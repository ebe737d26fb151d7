import { randomBytes, type Shape } from "../core/index.ts";
import { Augmenter, gather, gatherRows, type Mixture, type PixelRows } from "../data/index.ts";
import type { Noise } from "../nn/index.ts";
import { allocate, type Value, type Values } from "../runtime/index.ts";
import type { DataPlan, PictureBlock } from "./plan.ts";

/** What a graph takes of the data, over buffers that each batch is copied into. */
export interface BatchFeed {
  readonly values: Values;
  /**
   * Copies the pictures `order[start]` … with their labels, weights and targets into the buffers.
   * @param epoch from 1: it decides how pictures are changed, where they are
   */
  fill(order: Int32Array, start: number, epoch?: number): void;
}

/**
 * @param pixelRows where the pixels of `pictures` are read from
 * @param augmenter changes each picture on its way; only for training
 */
export function batchFeed(
  pictures: PictureBlock,
  pixelRows: PixelRows,
  batch: number,
  classes: number,
  augmenter?: Augmenter,
): BatchFeed {
  const { weights, targets, kind, height, width, channels } = pictures;
  const data =
    kind === "numbers" ? allocate("float32", [batch, width]) : allocate("uint8", [batch, height, width, channels]);
  const labels = allocate("int32", [batch]);
  const values: Record<string, Value> = { [kind === "numbers" ? "features" : "pixels"]: data, labels };
  const rows: { readonly from: Float32Array; readonly row: number; readonly to: Float32Array }[] = [];
  const add = (name: string, from: Float32Array | undefined, shape: Shape, row: number) => {
    if (from === undefined) return;
    values[name] = allocate("float32", shape);
    rows.push({ from, row, to: values[name].data as Float32Array });
  };
  add("weights", weights, [batch], 1);
  if (!augmenter?.mixes) add("targets", targets, [batch, classes], classes);
  const { buffer, byteOffset, byteLength } = data.data as Uint8Array | Float32Array;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const copy = (order: Int32Array, start: number) => {
    gather(pixelRows, pictures.labels, order, start, batch, bytes, labels.data as Int32Array);
    for (const { from, row, to } of rows) gatherRows(from, row, order, start, batch, to);
  };
  if (augmenter === undefined) return { values, fill: copy };
  const mixed = augmenter.mixes ? allocate("float32", [batch, classes]) : undefined;
  if (mixed !== undefined) values.targets = mixed;
  const truths = mixed?.data as Float32Array | undefined;
  const views = Array.from({ length: batch }, (_, i) => bytes.subarray(i * pixelRows.row, (i + 1) * pixelRows.row));
  return {
    values,
    fill: (order, start, epoch = 1) => {
      copy(order, start);
      for (let i = 0; i < batch; i++) {
        const mixture = augmenter.apply(views[i], epoch, order, start + i);
        if (truths !== undefined) writeTruth(pictures, classes, order[start + i], mixture, truths, i * classes);
      }
    },
  };
}

/** What is learned of a picture that another was mixed into: a share of its own truth, and of the other's. */
function writeTruth(
  { labels, targets }: PictureBlock,
  classes: number,
  picture: number,
  mixture: Mixture | undefined,
  out: Float32Array,
  at: number,
): void {
  const truthOf = (index: number, c: number) =>
    targets === undefined ? Number(labels[index] === c) : targets[index * classes + c];
  const { partner, share } = mixture ?? { partner: picture, share: 1 };
  for (let c = 0; c < classes; c++) out[at + c] = share * truthOf(picture, c) + (1 - share) * truthOf(partner, c);
}

/** The changes that a plan makes to its training pictures; undefined where it makes none. */
export function augmenterOf({ augment, pictures, seed, train }: DataPlan, rows: PixelRows): Augmenter | undefined {
  if (augment === undefined || augment.length === 0) return undefined;
  const { height, width, channels } = pictures;
  return new Augmenter({ choices: augment, seed, train, rows, height, width, channels });
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
