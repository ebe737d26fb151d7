import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { curve, lesson, parabola } from "./02-parabola.ts";

test("the slope is b − 1, the curvature 1, and the minimum 0.004 lies at 1", () => {
  for (const b of [-2, -1, 0, 1, 2.5]) {
    const { slope, curvature, loss } = parabola(b);
    expect(slope).toBeCloseTo(b - 1, 12);
    expect(curvature).toBeCloseTo(1, 12);
    expect(loss).toBeCloseTo(0.004 + 0.5 * (b - 1) ** 2, 12);
  }
  expect(Math.min(...curve.map(([, loss]) => loss))).toBeCloseTo(0.004, 12);
});

test("the program prints what is on the screen", async () => {
  const { loss, slope, curvature } = parabola(-0.7);
  expect(await numbersPrintedBy(lesson.program({ b: -0.7 }))).toEqual([loss, slope, curvature]);
});
