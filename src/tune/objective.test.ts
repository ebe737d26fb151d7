import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { frontOf, minimized, scalarized } from "./objective.ts";

test("what is maximised is minimised with the other sign; what is missing is no number", () => {
  expect(minimized({ metric: "loss", direction: "minimize" }, { loss: 2 })).toBe(2);
  expect(minimized({ metric: "accuracy", direction: "maximize" }, { accuracy: 0.9 })).toBe(-0.9);
  expect(minimized({ metric: "accuracy", direction: "maximize" }, { loss: 2 })).toBeNaN();
});

/** Points of two or three objectives, many of them equal in one. */
const points = (count: number, objectives: number) => {
  const random = new Random(1, "points", objectives);
  return Array.from({ length: count }, () => Array.from({ length: objectives }, () => random.below(8)));
};

describe("the front", () => {
  test("is what nothing beats", () => {
    expect(frontOf([])).toEqual([]);
    expect(frontOf([[3], [1], [2]])).toEqual([1]);
    expect(
      frontOf([
        [1, 5],
        [2, 2],
        [3, 3],
        [5, 1],
        [1, 6],
        [2, 2],
      ]),
    ).toEqual([0, 1, 3]);
  });

  test.each([2, 3])(
    "of %i objectives: none of it beats another, and each other point is beaten by one of it",
    (count) => {
      const all = points(200, count);
      const front = frontOf(all);
      const beats = (a: number, b: number) =>
        all[a]!.every((value, k) => value <= all[b]![k]!) && all[a]!.some((value, k) => value < all[b]![k]!);
      for (const a of front) expect(front.filter((b) => beats(a, b))).toEqual([]);
      const others = all.flatMap((_, i) => (front.includes(i) ? [] : [i]));
      expect(others.length).toBeGreaterThan(150);
      for (const b of others) {
        const same = front.some((a) => all[a]!.every((value, k) => value === all[b]![k]));
        expect(same || front.some((a) => beats(a, b))).toBe(true);
      }
    },
  );
});

describe("several objectives as one", () => {
  test("a single one stays as it is; a trial that lacks one has none", () => {
    expect(scalarized([[3], [Number.NaN], [-1]], 1, 0)).toEqual([3, undefined, -1]);
    const [first, second] = scalarized(
      [
        [1, 2],
        [Number.NaN, 2],
      ],
      1,
      0,
    );
    expect(first).toBeTypeOf("number");
    expect(second).toBeUndefined();
  });

  test("the least one is on the front, and each trial's weights go for another part of it", () => {
    const all = points(60, 2);
    const front = frontOf(all).map((i) => all[i]!.join());
    const least = Array.from({ length: 40 }, (_, number) => {
      const values = scalarized(all, 1, number).map((value) => value!);
      return all[values.indexOf(Math.min(...values))]!.join();
    });
    for (const one of least) expect(front).toContain(one);
    expect(new Set(least).size).toBeGreaterThan(Math.min(2, front.length - 1));
  });

  test("does not depend on the units of an objective", () => {
    const all = points(30, 2);
    const scaled = scalarized(
      all.map(([a, b]) => [a!, 1000 * b! + 5]),
      1,
      7,
    );
    for (const [i, value] of scalarized(all, 1, 7).entries()) expect(scaled[i]).toBeCloseTo(value!, 10);
  });
});
