import { describe, expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import {
  belief,
  bestOf,
  code,
  distinct,
  hidden,
  hitChance,
  hitShares,
  lowest,
  machine,
  START,
  trials,
} from "./15-search.ts";

test("nine trials of a grid have 3 different values of each hyperparameter, nine random ones 9", () => {
  const grid = trials("grid", 9, 1);
  const random = trials("random", 9, 1);
  for (const axis of ["rate", "decay"] as const) {
    expect(distinct(grid, axis)).toBe(3);
    expect(distinct(random, axis)).toBe(9);
  }
});

test("where one hyperparameter decides, chance finds better values than the grid", () => {
  const best = (sampler: "grid" | "random", seed: number) =>
    Math.max(...trials(sampler, 9, seed).map(({ value }) => value));
  const wins = Array.from({ length: 30 }, (_, seed) => best("random", seed) > best("grid", seed));
  expect(wins.filter(Boolean).length).toBeGreaterThan(18);
});

test("a hit among the best 5 %: 64 % after 20 trials, 95.4 % after 60; counted, it is about that", () => {
  expect(100 * hitChance(20)).toBeCloseTo(64, 0);
  expect(100 * hitChance(60)).toBeCloseTo(95.4, 1);
  const shares = hitShares(60, 300);
  // Two and a half deviations of a share of 300 studies.
  expect(Math.abs(shares[19] - hitChance(20))).toBeLessThan(0.07);
  expect(Math.abs(shares[59] - hitChance(60))).toBeLessThan(0.03);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
});

describe.each([1, 3])("game %d", (game) => {
  test("the machine is near the lowest place after twelve turns", () => {
    const { value } = lowest(game);
    const tried = machine(12, game);
    expect(new Set(tried).size).toBe(tried.length);
    expect(bestOf(tried, game) - value).toBeLessThan(0.03);
    expect(bestOf(START, game) - value).toBeGreaterThan(0.1);
  });
});

test("the curve of the mean goes through the trials, and the machine looks where the most improvement is expected", () => {
  const tried = [...machine(4, 2)];
  const { curve, next } = belief(tried, 2)!;
  for (const x of tried) {
    const at = curve.find((one) => Math.abs(one.x - x) < 1e-9)!;
    expect(at.mean).toBeCloseTo(hidden(x, 2), 1);
  }
  const highest = curve.reduce((best, one) => (one.improvement > best.improvement ? one : best));
  expect(highest.improvement).toBe(1);
  expect(next).toBe(highest.x);
});

test("the TypeScript prints what is shown", async () => {
  const tried = machine(3, 1);
  const { mean, deviation } = belief(tried, 1)!.curve.find(({ x }) => x === 0.5)!;
  const random = await numbersPrintedBy(code("random", 9, 4, tried, 1));
  expect(random).toEqual([9, hitChance(20), hitChance(60), mean, deviation]);
  expect((await numbersPrintedBy(code("grid", 9, 4, tried, 1)))[0]).toBe(3);
});
