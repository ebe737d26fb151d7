import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { alongLead, atStart, beside, code, pair } from "./08-softmax.ts";
import { given, truth } from "./scores.ts";

test("the cat has a probability of .13; the pictures cost 2.04, .079 and 6.16", () => {
  const { probabilities, softmax } = beside(given, truth);
  expect(probabilities[0][0]).toBeCloseTo(0.13, 2);
  expect(softmax.losses[0]).toBeCloseTo(2.04, 2);
  expect(softmax.losses[1]).toBeCloseTo(0.079, 3);
  expect(softmax.losses[2]).toBeCloseTo(6.16, 2);
  for (const row of probabilities) expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
});

test("before anything is learned it is ln C", () => {
  expect(atStart(3).value).toBeCloseTo(1.0986, 4);
  expect(atStart(10).value).toBeCloseTo(Math.LN10, 12);
  const zeros = given.map((row) => row.map(() => 0));
  expect(beside(zeros, truth).softmax.mean).toBeCloseTo(1.0986, 4);
});

test("the pair of the notes: hinge 1.58, cross-entropy 1.04", () => {
  const { hinge, softmax } = beside([pair.scores], [pair.label]);
  expect(hinge.losses[0]).toBeCloseTo(1.58, 2);
  expect(softmax.losses[0]).toBeCloseTo(1.04, 2);
});

test("the SVM is satisfied once the lead is 1; softmax never", () => {
  const [behind, near, ahead, far] = alongLead([-1, 0.99, 1.01, 20]);
  expect(behind.hingePull).toBe(1);
  expect(near.hingePull).toBe(1);
  expect([ahead.hinge, ahead.hingePull, far.hinge, far.hingePull]).toEqual([0, 0, 0, 0]);
  expect(far.softmax).toBeGreaterThan(0);
  expect(far.softmaxPull).toBeGreaterThan(0);
  expect(far.softmaxPull).toBeLessThan(ahead.softmaxPull);
});

test("the gradient is p − 1_y", () => {
  const { probabilities, softmax } = beside(given, truth);
  for (const [i, row] of softmax.gradient.entries()) {
    for (const [j, slope] of row.entries())
      expect(slope).toBeCloseTo(probabilities[i][j] - (truth[i] === j ? 1 : 0), 12);
  }
});

test("the TypeScript prints what is shown", async () => {
  const { probabilities, softmax, hinge } = beside([pair.scores], [pair.label]);
  const expected = [...probabilities[0], softmax.losses[0], hinge.losses[0], ...softmax.gradient[0]];
  const printed = await numbersPrintedBy(code(pair.scores, pair.label));
  expect(printed).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(printed[i]).toBeCloseTo(value, 5);
});
