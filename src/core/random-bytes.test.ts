import { describe, expect, test } from "vitest";
import { philox, streamOf } from "./random.ts";
import { randomBytes } from "./random-bytes.ts";

const draw = (length: number, key: Partial<Parameters<typeof randomBytes>[1]> = {}) => {
  const bytes = new Uint8Array(length);
  randomBytes(bytes, { seed: 7, place: "hidden1.dropout", step: 3, ...key });
  return bytes;
};

describe("randomBytes", () => {
  test.each([7, 2 ** 32 + 5, 4_000_000_000])("are the blocks of Philox, seed %d", (seed) => {
    const key = [((seed >>> 0) ^ streamOf("x")) >>> 0, Math.floor(seed / 2 ** 32)];
    const words = [0, 1, 2].flatMap((block) => philox([block, 4_000_000_001, 9, 1], key));
    const expected = words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 255));
    expect([...draw(48, { seed, place: "x", step: 9, part: 4_000_000_001 })]).toEqual(expected);
  });

  test("a longer array begins with the shorter one, of any length", () => {
    const long = draw(64);
    for (let length = 0; length < 40; length++) expect([...draw(length)]).toEqual([...long.subarray(0, length)]);
  });

  test("depend on seed, place, step and part", () => {
    const keys = [{}, { seed: 8 }, { seed: 7 + 2 ** 32 }, { place: "hidden2.dropout" }, { step: 4 }, { part: 1 }];
    const drawn = keys.map((key) => draw(16, key).join());
    expect(new Set(drawn).size).toBe(keys.length);
    expect(draw(16).join()).toBe(drawn[0]);
  });

  test("every value comes equally often", () => {
    const counts = new Float64Array(256);
    for (const byte of draw(256_000)) counts[byte]++;
    // Chi squared of 255 degrees of freedom: mean 255, deviation 22.6.
    const chiSquared = counts.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0);
    expect(Math.abs(chiSquared - 255)).toBeLessThan(5 * 22.6);
  });
});
