import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oracleOf } from "../../test/functions.ts";
import { roundingEnds, strongWolfe } from "./line-search.ts";

/** A function of one number as an oracle, and a search from 0 to the right. */
async function search(value: (t: number) => number, slope: (t: number) => number, first = 1) {
  const oracle = oracleOf({
    dimension: 1,
    value: ([t]) => value(t),
    gradient: ([t]) => [slope(t)],
    product: () => [0],
  });
  const from = await oracle.evaluate(Float64Array.of(0));
  const step = await strongWolfe(oracle, Float64Array.of(0), from, Float64Array.of(1), first);
  return { step, from, trials: oracle.evaluations - 1 };
}

describe("a step", () => {
  const size = (min: number, max: number) => fc.double({ min, max, noNaN: true });

  test("along any cubic or quartic that falls at first satisfies the strong Wolfe conditions", async () => {
    const law = fc.asyncProperty(
      fc.oneof(fc.constant(0), size(0.05, 10)),
      size(-3, 3),
      size(-3, 3),
      size(-100, -0.1),
      fc.constantFrom(1e-3, 1, 30),
      async (a, b, c, d, first) => {
        // Without a term of degree 4, that of degree 3 keeps it from falling for ever.
        const cube = a === 0 ? Math.abs(b) + 0.05 : b;
        const f = (t: number) => t * (d + t * (c + t * (cube + t * a)));
        const slope = (t: number) => d + t * (2 * c + t * (3 * cube + t * 4 * a));
        const { step } = await search(f, slope, first);
        expect(step).toBeDefined();
        const { length, point } = step!;
        expect(length).toBeGreaterThan(0);
        expect(point.value).toBeLessThanOrEqual(1e-4 * length * d);
        expect(Math.abs(point.gradient[0])).toBeLessThanOrEqual(-0.9 * d);
        // What is handed back is the function at the place that is handed back.
        expect(step!.w).toEqual(Float64Array.of(length));
        expect(point.value).toBe(f(length));
      },
    );
    await fc.assert(law, { numRuns: 500, seed: 4 });
  });

  test("of the right length is taken at the first trial", async () => {
    const { step, trials } = await search(
      (t) => (t - 1) ** 2,
      (t) => 2 * (t - 1),
    );
    expect([step!.length, trials]).toEqual([1, 1]);
  });

  test("that is far too short is doubled until it is not", async () => {
    const { step, trials } = await search(
      (t) => (t - 1000) ** 2,
      (t) => 2 * (t - 1000),
    );
    expect(step!.length).toBe(128);
    expect(trials).toBe(8);
  });

  test("that is far too long goes to the minimum of the cubic through both ends", async () => {
    // A tenth of the interval is as far as one trial may go; from there the parabola is met exactly.
    const { step, trials } = await search(
      (t) => (t - 1) ** 2,
      (t) => 2 * (t - 1),
      8,
    );
    expect(step!.length).toBeCloseTo(1, 12);
    expect(trials).toBe(2);
  });

  test("is found whatever the units of the function and of the direction", async () => {
    for (const units of [1e-30, 1e-10, 1e10, 1e30]) {
      const parabola = [(t: number) => (t / units - 1) ** 2, (t: number) => (2 * (t / units - 1)) / units] as const;
      const { step } = await search(...parabola, 3.5 * units);
      expect(step!.length / units).toBeCloseTo(1, 9);
    }
  });

  test("backs out of where the function is no number", async () => {
    const f = (t: number) => -t - Math.log(1 - t);
    const { step } = await search(
      (t) => (t < 1 ? f(t) - t : Number.NaN),
      (t) => (t < 1 ? 1 / (1 - t) - 2 : Number.NaN),
      4,
    );
    expect(step!.length).toBeGreaterThan(0);
    expect(step!.length).toBeLessThan(1);
    expect(step!.point.value).toBeLessThan(0);
  });

  test("backs out of an overflow", async () => {
    const { step } = await search(
      (t) => Math.exp(t ** 2) - 3 * t,
      (t) => 2 * t * Math.exp(t ** 2) - 3,
      100,
    );
    expect(Number.isFinite(step!.point.value)).toBe(true);
    expect(step!.point.value).toBeLessThan(1);
  });

  test("is told by the slope where rounding hides the decrease", async () => {
    // 1 + ½ (t − 1)² · 1e-20 is 1 in float64, on both sides of its minimum.
    const [f, slope] = [(t: number) => 1 + 0.5e-20 * (t - 1) ** 2, (t: number) => 1e-20 * (t - 1)];
    expect(f(0)).toBe(1);
    for (const first of [0.02, 0.5, 1, 1.5, 7]) {
      const { step } = await search(f, slope, first);
      expect(Math.abs(slope(step!.length))).toBeLessThanOrEqual(0.9e-20);
    }
  });
});

describe("there is no step", () => {
  test("uphill", async () => {
    const { step, trials } = await search(
      (t) => t,
      () => 1,
    );
    expect([step, trials]).toEqual([undefined, 0]);
  });

  test("on the level", async () => {
    const { step } = await search(
      (t) => t * t,
      (t) => 2 * t,
    );
    expect(step).toBeUndefined();
  });

  test("where all is NaN, after thirty trials", async () => {
    const { step, trials } = await search(
      (t) => (t === 0 ? 0 : Number.NaN),
      (t) => (t === 0 ? -1 : Number.NaN),
    );
    expect(step).toBeUndefined();
    expect(trials).toBeLessThanOrEqual(30);
  });

  test("where the slope does not say the truth", async () => {
    const { step } = await search(
      (t) => t,
      () => -1,
    );
    expect(step).toBeUndefined();
  });
});

test("a function that falls for ever ends the search with what was reached", async () => {
  const { step, trials } = await search(
    (t) => -t,
    () => -1,
  );
  expect(trials).toBeLessThanOrEqual(30);
  expect(step!.point.value).toBe(-(2 ** 29));
});

describe("rounding ends a search", () => {
  const point = (value: number) => ({ value, gradient: new Float64Array(1) });

  test("when neither the value nor the gradient falls any more", () => {
    const ends = roundingEnds();
    let count = 0;
    while (!ends(point(1 + (count % 3) * 1e-16), 1e-9)) count++;
    expect(count).toBe(50);
  });

  test("but not while one of them falls", () => {
    const [byValue, byGradient] = [roundingEnds(), roundingEnds()];
    for (let k = 0; k < 200; k++) {
      expect(byValue(point(1 - 1e-6 * k), 1)).toBe(false);
      expect(byGradient(point(1), 0.9 ** k)).toBe(false);
    }
  });
});
