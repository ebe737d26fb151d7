import { MOSAIC_PICTURES, mosaicPng, openRows } from "../../data/node/index.ts";
import { augmenterOf, batchFeed, orderOf, type Plan } from "../../train/index.ts";

/**
 * The first pictures of the first step exactly as the network gets them, changed at random where that was asked for, as a PNG
 * file: a look at it shows letterboxes, colours and augmentation before hours are spent.
 */
export async function firstBatchPng(plan: Plan): Promise<Uint8Array> {
  const { pictures, batchSize, classes } = plan;
  const order = orderOf(plan, 1);
  const rows = openRows(pictures);
  try {
    const count = Math.min(order.length, batchSize, MOSAIC_PICTURES);
    const { values, fill } = batchFeed(pictures, rows, count, classes, augmenterOf(plan, rows));
    fill(order, 0, 1);
    const { height, width, channels } = pictures;
    return await mosaicPng({ pixels: values.pixels.data as Uint8Array, height, width, channels });
  } finally {
    rows.close();
  }
}
