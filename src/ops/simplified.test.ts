/** What is known when a graph is traced becomes no operator. */
import { expect, test } from "vitest";
import { graph, input, print, type Tensor } from "../ir/index.ts";
import { evaluate } from "../reference/index.ts";
import { add, broadcastTo, logSoftmax, mul, neg, oneHot, sum, total } from "./index.ts";

const x = input("x", [2, 3]) as Tensor;
const row = input("row", [3]) as Tensor;
const labels = input("labels", [2], { dtype: "int32" }) as Tensor;
const feeds = {
  x: { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 7) },
  row: { shape: [3], data: Float64Array.of(1, -1, 2) },
  labels: { shape: [2], data: Float64Array.of(2, 0) },
};
const printed = (result: Tensor) => print(graph({ result })).split("\n");
const operators = (result: Tensor) => printed(result).flatMap((line) => / = (\w+)\(/.exec(line)?.[1] ?? []);
const values = (result: Tensor) => [...evaluate(graph({ result }), feeds).result.data];

test("a product with the number 1 is the other operand, unless it gives it another shape", () => {
  expect(mul(x, 1)).toBe(x);
  expect(mul(1, x)).toBe(x);
  expect(mul(broadcastTo(mul(1, 1), [2, 3]), x)).toBe(x);
  const repeated = mul(broadcastTo(mul(1, 1), [2, 3]), row);
  expect(repeated.shape).toEqual([2, 3]);
  expect(values(repeated)).toEqual([1, -1, 2, 1, -1, 2]);
});

test("what is repeated to a shape that the other operand brings about is not repeated", () => {
  const column = broadcastTo(mul(0.5, 1), [2, 1]);
  expect(operators(mul(x, column))).toEqual(["mul"]);
  expect(values(mul(x, column))).toEqual([0.5, 1, 1.5, 2, 2.5, 3.5]);
  // Here the repetition is what makes two rows of it.
  const both = add(broadcastTo(row, [2, 3]), row);
  expect(both.shape).toEqual([2, 3]);
  expect(operators(both)).toEqual(["broadcastTo", "add"]);
  expect(values(both)).toEqual([2, -2, 4, 2, -2, 4]);
});

test("the sum over the classes of labels that are all in range is known", () => {
  const known = oneHot(labels, 3, "float32", true);
  for (const keep of [false, true]) {
    expect(sum(known, 1, keep).shape).toEqual(keep ? [2, 1] : [2]);
    expect(operators(sum(known, 1, keep))).toEqual(["broadcastTo"]);
    expect(values(sum(known, 1, keep))).toEqual([1, 1]);
  }
  // Without the promise, and over the pictures, it is not.
  expect(operators(sum(oneHot(labels, 3), 1))).toEqual(["oneHot", "sum"]);
  expect(operators(sum(known, 0))).toEqual(["oneHot", "sum"]);
  expect(values(sum(known, 0))).toEqual([1, 0, 1]);
});

test("the mean of a loss has its sign and its divisor in the labels", () => {
  const loss = total(neg(sum(mul(logSoftmax(x), oneHot(labels, 3, "float32", true)), 1)), 1 / 2);
  expect(operators(loss)).toEqual(["logSoftmax", "oneHot", "mul", "sum"]);
  expect(printed(loss).find((line) => line.includes("oneHot"))).toContain("value: -0.5");
  const ln = (scores: number[], c: number) => scores[c] - Math.log(scores.reduce((all, s) => all + Math.exp(s), 0));
  expect(values(loss)[0]).toBeCloseTo(-(ln([1, 2, 3], 2) + ln([4, 5, 7], 0)) / 2, 12);
});
