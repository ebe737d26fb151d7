import { expect, test } from "vitest";
import { startOf } from "../fields.ts";
import { numbersPrintedBy } from "../run-typescript.ts";
import { LAST, lesson, pass, progress, update } from "./10-backprop.ts";

const example = { w: 0.8, b: 0.2, x: 1.5, t: 0.8 };
const close = (actual: number, wanted: number) => expect(actual).toBeCloseTo(wanted, 12);

test("the worked example, forward and backward", () => {
  const { value, gradient } = pass(example);
  close(value.y, 1.4);
  close(value.loss, 0.18);
  close(gradient.y, 0.6);
  close(gradient.w, 0.9);
  close(gradient.b, 0.6);
  close(gradient.x, 0.48);
  close(gradient.squared, 0.5);
  close(gradient.loss, 1);
});

test("one step with η = 0.1: w 0.71, b 0.14, L 0.0820", () => {
  const { w, b, loss } = update(example, 0.1);
  close(w, 0.71);
  close(b, 0.14);
  expect(loss).toBeCloseTo(0.082, 4);
});

test("the residual is multiplied by 1 − 3.25 η", () => {
  for (const rate of [0, 0.1, 0.2, 0.5]) close(update(example, rate).factor, 1 - 3.25 * rate);
  expect(update(example, 0.3077).loss).toBeLessThan(1e-8);
  expect(update(example, 0.6154).loss).toBeCloseTo(0.18, 4);
  expect(update(example, 0.7).loss).toBeGreaterThan(0.18);
});

test("five units forward, five back, then the update", () => {
  expect([0, 3, 5, 7, 10, LAST].map(progress)).toEqual([
    { forward: 0, backward: 0, updated: false },
    { forward: 3, backward: 0, updated: false },
    { forward: 5, backward: 0, updated: false },
    { forward: 5, backward: 2, updated: false },
    { forward: 5, backward: 5, updated: false },
    { forward: 5, backward: 5, updated: true },
  ]);
});

test("the program prints what is on the screen", async () => {
  const { value, gradient } = pass(example);
  const after = update(example, 0.1);
  expect(await numbersPrintedBy(lesson.program(startOf(lesson.fields)))).toEqual([
    ...[value.y, value.loss, gradient.y, gradient.w, gradient.b, gradient.x],
    ...[after.w, after.b, after.loss],
  ]);
});
