import { describe, expect, test } from "vitest";
import { Admission } from "./admission.ts";

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function held() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => ended };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("places", () => {
  test("no more than so many at a time, first come first served", async () => {
    const admission = new Admission({ concurrency: 2, queue: 9 });
    const order: number[] = [];
    const works = Array.from({ length: 4 }, held);
    const all = works.map(({ work }, n) =>
      admission.inTurn(never, async () => {
        order.push(n);
        await work();
      }),
    );
    await settled();
    expect([order, admission.busy]).toEqual([[0, 1], 2]);
    works[1]!.end();
    await settled();
    expect([order, admission.busy]).toEqual([[0, 1, 2], 2]);
    works[0]!.end();
    works[2]!.end();
    works[3]!.end();
    await Promise.all(all);
    expect([order, admission.busy]).toEqual([[0, 1, 2, 3], 0]);
  });

  test("one who has gone away before his turn does not take it", async () => {
    const admission = new Admission({ concurrency: 1, queue: 9 });
    const first = held();
    const client = new AbortController();
    const running = admission.inTurn(never, first.work);
    let isBegun = false;
    const gone = admission.inTurn(client.signal, async () => {
      isBegun = true;
    });
    const third = admission.inTurn(never, async () => "third");
    client.abort();
    await expect(gone).rejects.toThrow("the client has gone away");
    first.end();
    await running;
    expect([await third, isBegun, admission.busy]).toEqual(["third", false, 0]);
    await expect(admission.inTurn(client.signal, async () => 1)).rejects.toThrow("gone away");
  });

  test("a failure gives the place back", async () => {
    const admission = new Admission({ concurrency: 1, queue: 0 });
    const fail = () => admission.admit(() => admission.inTurn(never, () => Promise.reject(new Error("broken"))));
    await expect(fail()).rejects.toThrow("broken");
    await expect(fail()).rejects.toThrow("broken");
    expect([admission.busy, admission.inside]).toEqual([0, 0]);
  });
});

test("beyond concurrency and queue, requests are told to come again", async () => {
  const admission = new Admission({ concurrency: 1, queue: 2 });
  const works = Array.from({ length: 3 }, held);
  const all = works.map(({ work }) => admission.admit(work));
  expect(() => admission.refuseIfFull()).toThrow("3 requests are in hand");
  await expect(admission.admit(async () => 1)).rejects.toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  works[2]!.end();
  await all[2];
  expect(await admission.admit(async () => 1)).toBe(1);
  for (const { end } of works) end();
  await Promise.all(all);
  expect(admission.inside).toBe(0);
});
