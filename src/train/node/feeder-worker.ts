/** The thread that prepares batches: epoch after epoch, as far ahead as the ring has room, until it is told to stop. */
import { workerData } from "node:worker_threads";
// By its own file: the room's index would load the picture decoder into this thread, which decodes nothing.
import { openRows } from "../../data/node/open-rows.ts";
import { augmenterOf, type BatchFeed, batchFeed } from "../batch-feed.ts";
import { orderOf } from "../order-of.ts";
import type { FeederStart } from "./feeder.ts";
import { fail, put, waitForRoom } from "./ring.ts";

const { plan, batch, from, memory } = workerData as FeederStart;
try {
  const rows = openRows(plan.pictures);
  const augmenter = augmenterOf(plan, rows);
  const feeds = new Map<number, BatchFeed>();
  const feedOf = (size: number) => {
    const feed = feeds.get(size) ?? batchFeed(plan.pictures, rows, size, plan.classes, augmenter);
    feeds.set(size, feed);
    return feed;
  };
  feed: for (let epoch = from.epoch; ; epoch++) {
    const order = orderOf(plan, epoch);
    for (let start = epoch === from.epoch ? from.start : 0; start < order.length; start += batch) {
      const { values, fill } = feedOf(Math.min(batch, order.length - start));
      fill(order, start, epoch);
      if (!waitForRoom(memory)) break feed;
      put(memory, epoch, start, values);
    }
  }
  rows.close();
} catch {
  fail(memory);
}
