import { expect, test } from "vitest";
import { MemoryQueue } from "./memory-queue.ts";

test("hands out each job once, the one that waited longest first", async () => {
  const queue = new MemoryQueue();
  for (const trial of [3, 1, 3]) await queue.send(7, trial);
  expect((await queue.fetch(7))?.trial).toBe(3);
  expect((await queue.fetch(7))?.trial).toBe(1);
  expect(await queue.fetch(7)).toBeUndefined();
});

test("keeps studies apart", async () => {
  const queue = new MemoryQueue();
  await queue.send(1, 0);
  expect(await queue.fetch(2)).toBeUndefined();
  expect(await queue.fetch(1)).toMatchObject({ study: 1, trial: 0 });
});

test("gives a job to one of those who wait, and nothing to whom none came in time", async () => {
  const queue = new MemoryQueue();
  const waiting = [queue.fetch(1, 5000), queue.fetch(2, 20), queue.fetch(1, 20)];
  await queue.send(1, 4);
  expect((await Promise.all(waiting)).map((job) => job?.trial)).toEqual([4, undefined, undefined]);
  expect(await queue.fetch(1)).toBeUndefined();
});

test("a trial may be sent again once its job was fetched", async () => {
  const queue = new MemoryQueue();
  await queue.send(1, 0);
  const job = await queue.fetch(1);
  await queue.send(1, 0);
  const again = await queue.fetch(1);
  expect(again).toMatchObject({ trial: 0 });
  expect(again?.id).not.toBe(job?.id);
});

test("when it is closed, those who wait get nothing", async () => {
  const queue = new MemoryQueue();
  const waiting = queue.fetch(1, 60_000);
  await queue.close();
  expect(await waiting).toBeUndefined();
  await queue.send(1, 0);
  expect(await queue.fetch(1, 60_000)).toBeUndefined();
});
