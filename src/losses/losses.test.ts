import { expect, test } from "vitest";
import { graph, input, type Tensor } from "../ir/index.ts";
import { evaluate } from "../reference/index.ts";
import { losses } from "./index.ts";

// The suite for all losses is in test/conformance; here are values worked out by hand, for a picture of a cat (class 0)
// with the scores cat 3.2, car 5.1, frog −1.7.
const scores = [3.2, 5.1, -1.7];
const p = Math.exp(3.2) / scores.reduce((total, s) => total + Math.exp(s), 0);

const expected: Partial<Record<keyof typeof losses, number>> = {
  "cross-entropy": -Math.log(p),
  hinge: 2.9,
  "squared-hinge": 8.41,
  "crammer-singer": 2.9,
  "one-vs-rest-hinge": 6.1,
  "one-vs-rest-squared-hinge": 37.21,
  "one-vs-rest-logistic": Math.log1p(Math.exp(-3.2)) + Math.log1p(Math.exp(5.1)) + Math.log1p(Math.exp(-1.7)),
  focal: -((1 - p) ** 2) * Math.log(p),
  mse: (2.2 ** 2 + 5.1 ** 2 + 1.7 ** 2) / 3,
  mae: 3,
  huber: 2.5,
};

test.each(Object.entries(expected))("%s of the cat is %d", (name, value) => {
  const unit = losses[name as keyof typeof losses];
  const labels = input("labels", [1], { dtype: "int32" });
  const loss = unit.perExample(unit.defaults, input("scores", [1, 3]) as Tensor, labels as Tensor);
  const feeds = {
    scores: { shape: [1, 3], data: Float64Array.from(scores) },
    labels: { shape: [1], data: Float64Array.of(0) },
  };
  expect(evaluate(graph({ loss }), feeds).loss.data[0]).toBeCloseTo(value, 12);
});

test("where Weston and Watkins add up two rivals, Crammer and Singer take the stronger", () => {
  const feeds = {
    scores: { shape: [1, 3], data: Float64Array.of(2.2, 2.5, -3.1) },
    labels: { shape: [1], data: Float64Array.of(2) },
  };
  const lossOf = (name: "hinge" | "crammer-singer") => {
    const labels = input("labels", [1], { dtype: "int32" }) as Tensor;
    const loss = losses[name].perExample(losses[name].defaults, input("scores", [1, 3]) as Tensor, labels);
    return evaluate(graph({ loss }), feeds).loss.data[0];
  };
  expect(lossOf("hinge")).toBeCloseTo(12.9, 12);
  expect(lossOf("crammer-singer")).toBeCloseTo(6.6, 12);
});
