import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { lesson, lineFit } from "./01-line-fit.ts";

test("b* = 1: the loss is smallest there, and is what remains of the five errors", () => {
  const { residuals, loss } = lineFit(1);
  for (const [i, residual] of [-0.1, 0.1, -0.1, 0.1, 0].entries()) expect(residuals[i]).toBeCloseTo(residual, 12);
  expect(loss).toBeCloseTo(0.004, 12);
  for (const b of [0.99, 1.01, 1.1, 0.9, -1, 3]) expect(lineFit(b).loss).toBeGreaterThan(loss);
});

test("the program prints what is on the screen", async () => {
  const { residuals, squares, loss } = lineFit(0.37);
  expect(await numbersPrintedBy(lesson.program({ b: 0.37 }))).toEqual([...residuals, ...squares, loss]);
});
