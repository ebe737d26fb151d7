import { expect, test } from "vitest";
import { answerOf } from "./index.ts";

const classes = ["cats", "dogs", "eels"];
const probabilities = Float32Array.from([0.25, 0.625, 0.125]);
const top = [
  { label: "dogs", probability: 0.625 },
  { label: "cats", probability: 0.25 },
];

test("the most probable class, and those after it", () => {
  const known = { label: "dogs", probability: 0.625, top };
  expect(answerOf(probabilities, classes, 2)).toEqual(known);
  // What is exactly as probable as it has to be is known.
  expect(answerOf(probabilities, classes, 2, 0.625)).toEqual(known);
  expect(answerOf(probabilities, classes, 9).top).toHaveLength(3);
});

test("unknown, with the nearest class, where that is not probable enough", () => {
  const unknown = { label: null, unknown: true, nearest: "dogs", probability: 0.625, top };
  expect(answerOf(probabilities, classes, 2, 0.6251)).toEqual(unknown);
});
