import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { check, curve, lesson, networkRows, slope } from "./11-gradient-check.ts";

test("central differences: 5e-13 at 1e-5, 5e-9 at 1e-9, 2.5e-5 at 1e-13", () => {
  expect(slope).toBeCloseTo(0.9, 15);
  expect(check(1e-5).centralError / 5e-13).toBeCloseTo(1, 0);
  expect(check(1e-9).centralError / 5e-9).toBeCloseTo(1, 1);
  expect(check(1e-13).centralError / 2.5e-5).toBeCloseTo(1, 1);
});

test("forward differences: 1.1e-5 at 1e-5, and best between 1e-7 and 1e-9", () => {
  expect(check(1e-5).forwardError / 1.1e-5).toBeCloseTo(1, 1);
  const best = curve.reduce((low, row) => (row.forwardError < low.forwardError ? row : low));
  expect(best.h).toBeLessThan(2e-7);
  expect(best.h).toBeGreaterThan(5e-10);
});

test("the curve is a U on its right side for forward differences, and rounding's 1/h on the left of both", () => {
  const at = (h: number) => check(h);
  expect(at(1e-2).forwardError).toBeGreaterThan(5 * at(1e-3).forwardError);
  expect(at(1e-14).centralError).toBeGreaterThan(at(1e-8).centralError);
  expect(at(1e-14).forwardError).toBeGreaterThan(at(1e-8).forwardError);
});

test("the same check holds for a whole network", () => {
  const rows = networkRows();
  expect(rows).toHaveLength(8);
  for (const row of rows) {
    expect(row.verdict).toBe("ok");
    expect(row.error).toBeLessThan(1e-8);
  }
});

test("the program prints what is on the screen", async () => {
  const { central, forward, centralError, forwardError } = check(10 ** -5);
  expect(await numbersPrintedBy(lesson.program({ power: -5, on: "worked" }))).toEqual([
    ...[slope, central, forward],
    ...[centralError, forwardError],
  ]);
});
