import { expect, test } from "vitest";
import { numbersPrintedBy } from "../run-typescript.ts";
import { atStart, averaged, code, lowered, slack, svm, withTrueClass } from "./07-svm.ts";
import { given } from "./scores.ts";

const near = (found: readonly number[], expected: readonly number[], digits = 10) => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, digits);
};

test("the three pictures cost 2.9, 0 and 12.9, on average 5.27", () => {
  const { losses, mean, terms } = svm(given);
  near(losses, [2.9, 0, 12.9]);
  expect(mean).toBeCloseTo(5.27, 2);
  near(terms.flat(), [0, 2.9, 0, 0, 0, 0, 6.3, 6.6, 0]);
});

test("squared they cost 8.41, 0 and 83.25, on average 30.55", () => {
  const { losses, mean } = svm(given, "squared-hinge");
  near(losses, [8.41, 0, 83.25]);
  expect(mean).toBeCloseTo(30.55, 2);
});

test("each class above the margin is pushed down, the true one up by as many", () => {
  near(svm(given).gradient.flat(), [-1, 1, 0, 0, 0, 0, 1, 1, -2]);
});

test("question 1: the car picture stays at 0 until its score has fallen by more than 1.9", () => {
  expect(slack(given)).toBeCloseTo(1.9, 10);
  expect(svm(lowered(1.89)).losses[1]).toBe(0);
  expect(svm(lowered(1.91)).losses[1]).toBeCloseTo(0.01, 10);
});

test("question 2: never below 0, and without bound above", () => {
  expect(svm(lowered(-100)).losses[1]).toBe(0);
  expect(svm(lowered(1e6)).losses[1]).toBeGreaterThan(1e6);
});

test("question 3: C − 1 before anything is learned", () => {
  expect(svm(given.map((row) => row.map(() => 0))).mean).toBe(2);
  expect([atStart(3).value, atStart(10).value]).toEqual([2, 9]);
});

test("question 4: with the true class in the sum it is 1 more, 6.27", () => {
  near(withTrueClass(given).losses, [3.9, 1, 13.9]);
  expect(withTrueClass(given).mean).toBeCloseTo(6.27, 2);
});

test("question 5: a mean of the terms is the same on another scale", () => {
  near(averaged(given).losses, [1.45, 0, 6.45]);
  expect(averaged(given).mean).toBeCloseTo(5.27 / 2, 2);
});

test.each(["hinge", "squared-hinge"] as const)("the TypeScript of the %s prints what is shown", async (loss) => {
  const rows = lowered(2.5);
  const { losses, mean, gradient } = svm(rows, loss, 1.5);
  near(await numbersPrintedBy(code(rows, loss, 1.5)), [...losses, mean, ...gradient.flat()], 4);
});
