import { expect, test } from "vitest";
import { quantile } from "./normal.ts";
import { warpedValues } from "./observed.ts";
import { halfRanked, standardized } from "./warp.ts";

test("what is below the median stays, what is above goes by rank", () => {
  // The median is 3, the deviation from it below √((4 + 1 + 0)/3), and 2½ different values lie above.
  const s = Math.sqrt(5 / 3);
  const warped = halfRanked(Float64Array.of(1e9, 1, 3, 2, 4));
  expect([...warped.slice(1, 4)]).toEqual([1, 3, 2]);
  expect(warped[0]).toBeCloseTo(3 - s * quantile((0.5 * 0.5) / 2.5), 12);
  expect(warped[4]).toBeCloseTo(3 - s * quantile((0.5 * 1.5) / 2.5), 12);
  expect(halfRanked(Float64Array.of(10, 1, 3, 2, 4))).toEqual(warped);
});

test("keeps the order, ties too, of an even number as well", () => {
  const warped = halfRanked(Float64Array.of(5, 7, 7, 1, 2, 9));
  expect(warped[1]).toBe(warped[2]);
  expect([3, 4, 0, 1, 5].map((i) => warped[i])).toEqual([3, 4, 0, 1, 5].map((i) => warped[i]).sort((a, b) => a - b));
});

test("values that are all the same, or one alone, stay finite", () => {
  for (const values of [[4, 4, 4], [4]]) {
    const warped = standardized(halfRanked(Float64Array.from(values))).values;
    expect([...warped]).toEqual(values.map(() => 0));
  }
});

test("a trial that failed is as bad as the worst", () => {
  const warped = warpedValues(Float64Array.of(1, Number.NaN, 5, 2, 3));
  expect(warped[1]).toBe(warped[2]);
  expect(warped[1]).toBe(Math.max(...warped));
  expect([...warpedValues(Float64Array.of(Number.NaN, Number.NaN))]).toEqual([0, 0]);
});

test("mean 0 and deviation 1", () => {
  const { values, mean, deviation } = standardized(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9));
  expect([mean, deviation]).toEqual([5, 2]);
  expect([...values]).toEqual([-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]);
});
