import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { alongScale, best, code, one, penalty, preference, scaled, spread } from "./09-scale.ts";

test("with 2W picture 1 costs 4.8 instead of 2.9, picture 2 still 0, picture 3 23.8 instead of 12.9", () => {
  const [once, twice] = [scaled("hinge", 1).losses, scaled("hinge", 2).losses];
  for (const [i, value] of [2.9, 0, 12.9].entries()) expect(once[i]).toBeCloseTo(value, 10);
  for (const [i, value] of [4.8, 0, 23.8].entries()) expect(twice[i]).toBeCloseTo(value, 10);
});

test("cross-entropy goes from 2.04 to 3.82, and from .079 to .0038", () => {
  const [once, twice] = [scaled("cross-entropy", 1).losses, scaled("cross-entropy", 2).losses];
  expect(once[0]).toBeCloseTo(2.04, 2);
  expect(twice[0]).toBeCloseTo(3.82, 2);
  expect(once[1]).toBeCloseTo(0.079, 3);
  expect(twice[1]).toBeCloseTo(0.0038, 4);
});

test("of the same score L2 says 1 and .25, L1 says 1 and 1", () => {
  expect([penalty("l2", one), penalty("l2", spread)]).toEqual([1, 0.25]);
  expect([penalty("l1", one), penalty("l1", spread)]).toEqual([1, 1]);
  for (const share of [0, 0.5, 1]) {
    const { score, l1 } = preference(share);
    expect([score, l1]).toEqual([1, 1]);
  }
  expect(preference(0.5).l2).toBeLessThan(1);
  expect(preference(0.5).l2).toBeGreaterThan(0.25);
});

const factors = Array.from({ length: 301 }, (_, i) => i / 100);

test("without a penalty the SVM does not care how large W is, and softmax wants it ever larger", () => {
  expect(best(alongScale("cross-entropy", 1, 0, factors)).factor).toBe(3);
  const satisfied = alongScale("hinge", 1, 0, factors).filter(({ total }) => total === 0);
  expect(satisfied[0].factor).toBeCloseTo(0.35, 10);
  expect(satisfied.at(-1)!.factor).toBe(3);
});

test("a stronger penalty chooses smaller weights", () => {
  const chosen = [1e-4, 1e-3, 1e-2, 1e-1].map(
    (strength) => best(alongScale("cross-entropy", 1, strength, factors)).factor,
  );
  expect(chosen).toEqual(chosen.toSorted((a, b) => b - a));
  expect(chosen[3]).toBeLessThan(1);
  expect(best(alongScale("hinge", 1, 1e-4, factors)).factor).toBeCloseTo(0.35, 10);
});

test("the TypeScript prints what is shown", async () => {
  const { score, l1, l2 } = preference(0.5);
  const expected = [...scaled("hinge", 2).losses, ...scaled("cross-entropy", 2).losses, score, l1, l2];
  const printed = await numbersPrintedBy(code(2, 0.5));
  expect(printed).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(printed[i]).toBeCloseTo(value, 4);
});
