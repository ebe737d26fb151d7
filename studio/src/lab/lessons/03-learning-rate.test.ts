import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { descent, lesson, regimeOf } from "./03-learning-rate.ts";

const first = (rate: number, steps: number) => descent(rate, steps).b.map((b) => Number(b.toFixed(9)) + 0);

test("0.1 creeps, 1 arrives at once, 2 goes to and fro for ever", () => {
  expect(first(0.1, 2)).toEqual([-1, -0.8, -0.62]);
  expect(first(1, 3)).toEqual([-1, 1, 1, 1]);
  expect(first(2, 5)).toEqual([-1, 3, -1, 3, -1, 3]);
});

test("1.5 swings in, 2.1 diverges: each step multiplies the error by 1 − η", () => {
  for (const rate of [0.1, 1.5, 2.1]) {
    const { b } = descent(rate, 8);
    for (let k = 1; k < b.length; k++) expect(b[k] - 1).toBeCloseTo((1 - rate) * (b[k - 1] - 1), 10);
  }
  expect(Math.abs(descent(1.5, 20).b[20] - 1)).toBeLessThan(1e-5);
  expect(Math.abs(descent(2.1, 20).b[20] - 1)).toBeGreaterThan(10);
});

test("the bar 0–1–2", () => {
  expect([0, 0.1, 1, 1.5, 2, 2.1].map(regimeOf)).toEqual(["still", "creeps", "once", "swings", "forever", "diverges"]);
});

test("the program prints what is on the screen", async () => {
  const { b, loss } = descent(1.5, 3);
  expect(await numbersPrintedBy(lesson.program({ rate: 1.5, step: 3 }))).toEqual(
    b.flatMap((value, step) => [step, value, loss[step]]),
  );
});
