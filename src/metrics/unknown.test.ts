import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rejectionBelow, unknownThreshold } from "./index.ts";

const answers = (right: readonly number[], wrong: readonly number[] = []) => [
  ...right.map((probability) => ({ probability, isRight: true })),
  ...wrong.map((probability) => ({ probability, isRight: false })),
];

describe("the threshold", () => {
  test.each([
    [0, 0.6],
    [0.19, 0.6],
    [0.2, 0.7],
    [0.5, 0.8],
    [0.99, 0.95],
  ])("that turns away %d of the right ones", (share, at) => {
    const threshold = unknownThreshold(answers([0.9, 0.6, 0.8, 0.7, 0.95], [0.4, 0.99]), share);
    expect(threshold).toBeCloseTo(at - 1e-5, 12);
  });

  test("is 0, which keeps all, where nothing is right", () => {
    expect(unknownThreshold(answers([], [0.4]), 0.05)).toBe(0);
    expect(unknownThreshold([], 0.05)).toBe(0);
  });

  test("turns away no more than the share of the right ones, in whatever runtime, and a higher one would", () => {
    const probability = fc.double({ min: 0.1, max: 1, noNaN: true });
    const share = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(probability, { minLength: 1, maxLength: 60 }),
        fc.array(probability),
        share,
        (a, b, most) => {
          const threshold = unknownThreshold(answers(a, b), most);
          const turnedAway = (by: number) => a.filter((p) => p + by < threshold).length;
          for (const by of [0, 9e-6, -9e-6]) expect(turnedAway(by)).toBeLessThanOrEqual(most * a.length);
          expect(a.filter((p) => p < threshold + 2e-5).length).toBeGreaterThan(most * a.length);
        },
      ),
    );
  });
});

test("what is kept, and how much of it is right", () => {
  const all = answers([0.9, 0.6], [0.7, 0.95]);
  expect(rejectionBelow(0, all)).toEqual({ turnedAway: 0, kept: 4, accuracy: 0.5 });
  expect(rejectionBelow(0.65, all)).toEqual({ turnedAway: 0.25, kept: 3, accuracy: 1 / 3 });
  expect(rejectionBelow(0.9, all)).toEqual({ turnedAway: 0.5, kept: 2, accuracy: 0.5 });
  expect(rejectionBelow(0.99, all)).toEqual({ turnedAway: 1, kept: 0, accuracy: null });
});
