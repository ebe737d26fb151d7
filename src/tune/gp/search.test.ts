import { describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { Space } from "../../space/index.ts";
import { Sobol } from "../sobol.ts";
import type { Trial } from "../trial.ts";
import { Acquisition } from "./acquisition.ts";
import { Encoding } from "./encoding.ts";
import { fitTheta, fittedCount } from "./fit.ts";
import { Likelihood } from "./likelihood.ts";
import { observedIn } from "./observed.ts";
import { Points } from "./points.ts";
import { Posterior } from "./posterior.ts";
import { boxAround, boxLength, everywhere, isLocal, type Region } from "./region.ts";
import { type Search, search } from "./search.ts";

const random = new Random(11, "gp search");

/** A search over a space of which some places have been seen. */
function searchOf(space: Space, count: number, of: (units: Float64Array) => number): Search {
  const encoding = new Encoding(space);
  const spare = new Float64Array(space.names.length).fill(0.5);
  const rows = Array.from({ length: count }, () =>
    encoding.snap(
      spare.map(() => random.uniform()),
      spare,
    ),
  );
  const points = new Points(
    encoding,
    rows,
    space.names.map((_, axis) => axis),
  );
  const values = Float64Array.from(rows, of);
  const theta = Float64Array.from({ length: points.lines.length + 2 }, (_, i) =>
    i < points.lines.length ? 2 : i === points.lines.length ? 0 : -7,
  );
  const acquisition = new Acquisition(new Posterior(points, values, theta), Math.min(...values));
  const anchors = rows.toSorted((a, b) => of(a) - of(b)).slice(0, 5);
  return {
    ...{ encoding, acquisition, region: everywhere(spare.length), anchors, spare, others: [], admits: () => true },
    ...{ random: new Random(1, "gp sampler"), sobol: new Sobol(spare.length, 1) },
  };
}
const bowl = (units: Float64Array) => units.reduce((sum, unit, i) => sum + 3 * (unit - 0.3 - 0.1 * i) ** 2, -1);
const floats = new Space({ a: { kind: "float", low: 0, high: 1 }, b: { kind: "float", low: 0, high: 1 } });

describe("the search", () => {
  const request = searchOf(floats, 12, bowl);
  const valueAt = (units: Float64Array) => request.acquisition.value(units);

  test("finds a better place than 14,641 on a grid", () => {
    let best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i <= 120; i++) {
      for (let j = 0; j <= 120; j++) best = Math.max(best, valueAt(Float64Array.of(i / 120, j / 120)));
    }
    expect(valueAt(search(request)!)).toBeGreaterThan(best);
  });

  test("stays in its box, and takes nothing that may not be tried", () => {
    const region: Region = { lower: Float64Array.of(0.6, 0.7), upper: Float64Array.of(0.8, 0.9), choices: undefined };
    const [a, b] = search({ ...request, region })!;
    expect(a >= 0.6 && a <= 0.8 && b >= 0.7 && b <= 0.9).toBe(true);
    const found = search({ ...request, admits: (units) => units[0] < 0.2 })!;
    expect(found[0]).toBeLessThan(0.2);
    expect(search({ ...request, admits: () => false })).toBeUndefined();
  });

  test("finds the best of 30,000 combinations of integers and a choice", () => {
    const space = new Space({
      a: { kind: "int", low: 0, high: 99 },
      b: { kind: "int", low: 0, high: 99 },
      c: { kind: "choice", choices: ["x", "y", "z"] },
    });
    const mixed = searchOf(space, 12, bowl);
    let best = Number.NEGATIVE_INFINITY;
    for (let a = 0; a < 100; a++) {
      for (let b = 0; b < 100; b++) {
        for (let c = 0; c < 3; c++) {
          const units = Float64Array.of((a + 0.5) / 100, (b + 0.5) / 100, (c + 0.5) / 3);
          best = Math.max(best, mixed.acquisition.value(units, best));
        }
      }
    }
    expect(mixed.acquisition.value(search(mixed)!)).toBeCloseTo(best, 12);
    // Near a place, its choice is kept.
    const choices = Float64Array.of(0.505, 0.505, 0.5 / 3);
    const region = { lower: Float64Array.of(0.4, 0.4, 0), upper: Float64Array.of(0.6, 0.6, 1), choices };
    expect(search({ ...mixed, region })![2]).toBeCloseTo(0.5 / 3, 12);
  });
});

describe("the box around the best", () => {
  const seed = 4;
  const local = Array.from({ length: 400 }, (_, number) => number).filter((number) => isLocal(seed, number));
  const other = Array.from({ length: 400 }, (_, number) => number).find((number) => !isLocal(seed, number))!;
  /** First a trial that is not local, then local ones. */
  const lengthAfter = (...values: number[]) => {
    const trials = [100, ...values].map((value, i): Trial => {
      const number = i === 0 ? other : local[local.findIndex((n) => n > other) + i - 1];
      return { number, configuration: { a: i / 100, b: 0.5 }, outcome: "complete", value };
    });
    return boxLength(seed, observedIn({ space: floats, seed, number: 400, trials }));
  };

  test("is asked for by 15 % of the trials", () => {
    expect(local.length / 400).toBeGreaterThan(0.1);
    expect(local.length / 400).toBeLessThan(0.2);
  });

  test("grows with three successes in a row, shrinks with four failures, begins anew when it is too small", () => {
    expect(lengthAfter()).toBe(0.8);
    expect(lengthAfter(9, 8)).toBe(0.8);
    expect(lengthAfter(9, 8, 7)).toBe(1.6);
    expect(lengthAfter(9, 8, 20, 7)).toBe(0.8);
    expect(lengthAfter(200, 200, 200, 200)).toBe(0.4);
    expect(lengthAfter(...new Array(24).fill(200))).toBe(0.8 / 64);
    expect(lengthAfter(...new Array(28).fill(200))).toBe(0.8);
  });

  test("is longer where the function changes slowly, within bounds, and stays in the cube", () => {
    const { encoding, acquisition } = searchOf(floats, 3, bowl);
    const { lines } = acquisition.objective!.points;
    const sides = (weights: number[], centre = [0.5, 0.5]) => {
      const { lower, upper } = boxAround(encoding, Float64Array.from(centre), 0.1, lines, Float64Array.from(weights));
      return [...upper].map((high, i) => high - lower[i]);
    };
    for (const [i, side] of sides([1, 16]).entries()) expect(side).toBeCloseTo([0.2, 0.05][i], 12);
    for (const [i, side] of sides([1e-4, 1e4]).entries()) expect(side).toBeCloseTo([0.4, 0.025][i], 12);
    for (const side of sides([1, 1], [0, 1])) expect(side).toBeCloseTo(0.05, 12);
  });
});

describe("the fit", () => {
  // The first axis says much, the second nothing.
  const encoding = new Encoding(floats);
  const rows = Array.from({ length: 90 }, () => Float64Array.of(random.uniform(), random.uniform()));
  const values = Float64Array.from(rows, ([a]) => Math.sin(12 * a));
  const sample = (count: number) => ({
    ...{ encoding, axes: [0, 1], rows: rows.slice(0, count), values: values.slice(0, count) },
    warp: (raw: Float64Array) => raw,
  });
  const lossAt = (theta: Float64Array, count: number) =>
    new Likelihood(new Points(encoding, rows.slice(0, count), [0, 1]), values.slice(0, count)).loss(
      theta,
      new Float64Array(4),
    );

  test("tells the axis that matters, and is no worse than what lies around", () => {
    const theta = fitTheta(sample(28));
    expect(theta[0] - theta[1]).toBeGreaterThan(2);
    const least = lossAt(theta, 28);
    for (let i = 0; i < 4; i++) {
      for (const step of [-0.3, 0.3]) {
        expect(lossAt(theta.with(i, theta[i] + step), 28)).toBeGreaterThan(least - 1e-3);
      }
    }
    // Of two places to begin at the better end is taken.
    expect(least).toBeLessThan(lossAt(Float64Array.of(Math.log(0.5), Math.log(0.5), 0, Math.log(1e-3)), 28) - 5);
  });

  test("is made anew with every trial at first, then less often", () => {
    expect([7, 60, 61, 62, 79, 200, 1000].map(fittedCount)).toEqual([7, 60, 60, 62, 78, 200, 1000]);
    expect(fitTheta(sample(61))).toEqual(fitTheta(sample(60)));
    expect(fitTheta(sample(62))).not.toEqual(fitTheta(sample(60)));
  });
});
