/** Every schedule of the catalogue: laws and known values. */
import { describe, expect, test } from "vitest";
import { type Schedule, schedules, type Time } from "../../src/schedules/index.ts";

const at = (progress: number): Time => ({ epoch: 10 * progress, epochs: 10, losses: [] });

describe.each(Object.entries(schedules) as [string, Schedule][])("schedule %s", (name, unit) => {
  const factors = Array.from({ length: 101 }, (_, i) => unit.factor(unit.defaults, at(i / 100)));

  test("starts at the full rate and stays in [0, 1]", () => {
    expect(unit.name).toBe(name);
    expect(factors[0]).toBe(1);
    expect(factors.every((factor) => factor >= 0 && factor <= 1)).toBe(true);
  });
});

test("cosine falls all the way, through one half in the middle, to its end", () => {
  const factor = (progress: number, final = 0) => schedules.cosine.factor({ final }, at(progress));
  const factors = Array.from({ length: 101 }, (_, i) => factor(i / 100));
  expect(factors.every((value, i) => i === 0 || value < factors[i - 1])).toBe(true);
  expect(factor(0.5)).toBeCloseTo(0.5, 12);
  expect(factor(1)).toBeCloseTo(0, 12);
  expect(factor(1, 0.1)).toBeCloseTo(0.1, 12);
  expect(schedules.constant.factor({}, at(0.7))).toBe(1);
});
