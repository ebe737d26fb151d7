import { describe, expect, test } from "vitest";
import { epochOrder, gather } from "./batch.ts";
import { channelStatistics } from "./statistics.ts";
import { memoryRows } from "./store.ts";

describe("epochOrder", () => {
  const indices = Int32Array.from({ length: 100 }, (_, i) => 3 * i);

  test("is a permutation that leaves its argument alone", () => {
    const before = indices.slice();
    const order = epochOrder(indices, 7, 0);
    expect(indices).toEqual(before);
    expect(order.slice().sort()).toEqual(before);
    expect(order).not.toEqual(before);
  });

  test("depends on seed and epoch and on nothing else", () => {
    expect(epochOrder(indices, 7, 3)).toEqual(epochOrder(indices, 7, 3));
    expect(epochOrder(indices, 7, 3)).not.toEqual(epochOrder(indices, 7, 4));
    expect(epochOrder(indices, 8, 3)).not.toEqual(epochOrder(indices, 7, 3));
  });
});

/** Five pictures [1, 2, 3]: picture i holds 10i … 10i + 5 and has class 100 + i. */
const five = {
  store: {
    kind: "memory",
    pixels: Uint8Array.from({ length: 30 }, (_, at) => 10 * Math.floor(at / 6) + (at % 6)),
  },
  height: 1,
  width: 2,
  channels: 3,
} as const;

test("gather copies the wanted rows and touches nothing behind them", () => {
  const pixels = new Uint8Array(24).fill(255);
  const labels = new Int32Array(4).fill(-1);
  const classes = Int32Array.of(100, 101, 102, 103, 104);
  gather(memoryRows(five), classes, Int32Array.of(9, 4, 0, 4), 1, 3, pixels, labels);
  expect([...pixels]).toEqual([
    40,
    41,
    42,
    43,
    44,
    45,
    0,
    1,
    2,
    3,
    4,
    5,
    40,
    41,
    42,
    43,
    44,
    45,
    ...new Array(6).fill(255),
  ]);
  expect([...labels]).toEqual([104, 100, 104, -1]);
});

describe("channelStatistics", () => {
  test("known values, of the named pictures only", () => {
    const { mean, standardDeviation } = channelStatistics(five, Int32Array.of(0, 2));
    // Channel 0 holds 0, 3, 20, 23: mean 11.5, variance 102.25.
    expect(mean[0]! * 255).toBeCloseTo(11.5, 12);
    expect(standardDeviation[0]! * 255).toBeCloseTo(Math.sqrt(102.25), 12);
    expect(mean.map((m) => m * 255)).toEqual([11.5, 12.5, 13.5].map((m) => expect.closeTo(m, 12)));
  });

  test("the same to the last bit in any order", () => {
    const forward = channelStatistics(five, Int32Array.of(0, 1, 2, 3, 4));
    expect(channelStatistics(five, Int32Array.of(4, 2, 0, 3, 1))).toEqual(forward);
  });

  test("grey, and a channel that never changes", () => {
    const store = { kind: "memory", pixels: new Uint8Array(8).fill(51) } as const;
    const grey = { store, height: 2, width: 2, channels: 1 } as const;
    expect(channelStatistics(grey, Int32Array.of(0, 1))).toEqual({ mean: [0.2], standardDeviation: [0] });
  });
});
