import { describe, expect, test } from "vitest";
import type { Values } from "../../runtime/index.ts";
import { fail, put, ringMemory, sizeOfValues, stop, take, waitForRoom } from "./ring.ts";

const batch = (first: number): Values => ({
  pixels: { dtype: "uint8", shape: [5], data: Uint8Array.from({ length: 5 }, (_, i) => first + i) },
  labels: { dtype: "int32", shape: [2], data: Int32Array.of(first * 1000, -first) },
  weights: { dtype: "float32", shape: [2], data: Float32Array.of(first / 3, 1) },
});
const empty = () => batch(0);
const memory = () => ringMemory(sizeOfValues(empty()));

describe("a ring of batches", () => {
  test("hands over what was put in, in order, round and round", () => {
    const ring = memory();
    for (let epoch = 1; epoch <= 5; epoch++) {
      for (let i = 0; i < 7; i++) put(ring, epoch, i, batch(10 * epoch + i));
      for (let i = 0; i < 7; i++) {
        const to = empty();
        expect(take(ring, epoch, i, to)).toBe(true);
        expect(to).toEqual(batch(10 * epoch + i));
      }
    }
  });

  test("has two slots at least, eight at most, and 64 MiB between", () => {
    expect(ringMemory(100).slots).toHaveLength(8);
    expect(ringMemory(16 * 2 ** 20).slots).toHaveLength(4);
    expect(ringMemory(200 * 2 ** 20).slots).toHaveLength(2);
  });

  test("a batch that is not the next one, or has another size, is not given", () => {
    const ring = memory();
    put(ring, 1, 8, batch(3));
    const to = empty();
    expect(take(ring, 1, 0, to)).toBe(false);
    expect(take(ring, 2, 8, to)).toBe(false);
    const { weights: _without, ...less } = to;
    expect(take(ring, 1, 8, less)).toBe(false);
    expect(to).toEqual(empty());
    expect(take(ring, 1, 8, to)).toBe(true);
  });

  test("whoever waits is told of a failure; what was put in before is still there", () => {
    const ring = memory();
    put(ring, 1, 0, batch(1));
    fail(ring);
    expect(take(ring, 1, 0, empty())).toBe(true);
    expect(take(ring, 1, 8, empty())).toBe(false);
  });

  test("there is room until all slots are full, and none once it was stopped", () => {
    const ring = memory();
    for (let i = 0; i < ring.slots.length - 1; i++) put(ring, 1, i, batch(i));
    expect(waitForRoom(ring)).toBe(true);
    stop(ring);
    expect(waitForRoom(ring)).toBe(false);
  });
});
