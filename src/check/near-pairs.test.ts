import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { connected, findRepeats } from "./duplicates.ts";
import { nearPairs, RADIUS } from "./near-pairs.ts";
import { ones } from "./perceptual-hash.ts";
import { Sketches } from "./sketch.ts";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const everything = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

describe("near pairs", () => {
  test("are those that comparing each with each finds", () => {
    // Each hash with copies that differ in 0 … 12 bits anywhere.
    const flips = fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, flips), { minLength: 1, maxLength: 12 }), (seeds) => {
        const rows = seeds.flatMap(([low, high, bits]) => {
          const copy = [low, high];
          for (const bit of bits) copy[bit >> 5] = (copy[bit >> 5] ^ (1 << (bit & 31))) >>> 0;
          return [[low, high], copy];
        });
        const hashes = Uint32Array.from(rows.flat());
        const expected: unknown[] = [];
        for (let a = 0; a < rows.length; a++) {
          for (let b = a + 1; b < rows.length; b++) {
            const distance = ones((rows[a][0] ^ rows[b][0]) >>> 0) + ones((rows[a][1] ^ rows[b][1]) >>> 0);
            if (distance <= RADIUS) expected.push({ a, b, distance });
          }
        }
        const { pairs, complete } = nearPairs(hashes, everything(rows.length), () => true);
        expect(complete).toBe(true);
        expect([...pairs].sort((p, q) => p.a - q.a || p.b - q.b)).toEqual(expected);
      }),
    );
  });

  test("only among those asked for, and only those that are accepted", () => {
    const hashes = new Uint32Array(8);
    expect(nearPairs(hashes, Int32Array.of(0, 2, 3), (a, b) => a + b !== 3).pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  test("the search ends when everything is like everything", () => {
    const { pairs, complete } = nearPairs(new Uint32Array(2 * 2000), everything(2000), () => false, 1e6);
    expect({ pairs, complete }).toEqual({ pairs: [], complete: false });
  });

  test("a hundred thousand take little", () => {
    const random = new Random(1, "hashes");
    const hashes = Uint32Array.from({ length: 200_000 }, () => random.below(2 ** 32));
    let compared = 0;
    // A budget of 60 comparisons for each: each with each would be 50,000.
    const { complete } = nearPairs(hashes, everything(100_000), () => ++compared > 0, 6e6);
    expect(complete).toBe(true);
  });
});

test("pairs that hang together are one group", () => {
  const pair = (a: number, b: number) => ({ a, b, distance: 0 });
  expect(connected([pair(4, 5), pair(1, 4), pair(2, 7), pair(5, 6)], 9)).toEqual([
    [1, 4, 5, 6],
    [2, 7],
  ]);
});

describe("repeats", () => {
  const labels = Int32Array.of(0, 0, 1, 0, 0);
  const splits = ["train", "test", "train", "train", undefined] as const;
  const of = (digests: readonly (string | undefined)[]) => {
    // Hashes of 0 are near, but blank sketches are flat, which is like no other.
    const request = { digests, hashes: new Uint32Array(10), sketches: new Sketches(5), labels, splits };
    return findRepeats(request);
  };

  test("the same pixels, with what they cross", () => {
    const { exact, near, first } = of(["p", "p", "q", "q", undefined]);
    expect(exact).toEqual([
      { kind: "exact", members: [0, 1], acrossSplits: true, acrossClasses: false },
      { kind: "exact", members: [2, 3], acrossSplits: false, acrossClasses: true },
    ]);
    expect(near).toEqual([]);
    expect([...first]).toEqual([0, 0, 2, 2, 4]);
  });

  test("what could not be read is no copy of what could not be read", () => {
    expect(of([undefined, undefined, "q", "r", undefined]).exact).toEqual([]);
  });
});
