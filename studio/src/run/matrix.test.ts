import { expect, test } from "vitest";
import { matrixOf, moved, pairsOf, strength } from "./matrix.ts";

const matrix = matrixOf([0, 0, 8, 0, 1, 2, 1, 1, 5, 2, 0, 3, 2, 2, 1], 3);

test("cells become counts, with what is right and what there is of each class", () => {
  expect(matrix.counts).toEqual([
    [8, 2, 0],
    [0, 5, 0],
    [3, 0, 1],
  ]);
  expect(matrix).toMatchObject({ totals: [10, 5, 4], all: 19, right: 14 });
  expect(matrixOf([7, 0, 1], 3).all).toBe(0);
});

test("the most frequent mistakes come first", () => {
  expect(pairsOf(matrix, 5)).toEqual([
    { truth: 2, predicted: 0, count: 3 },
    { truth: 0, predicted: 1, count: 2 },
  ]);
  expect(pairsOf(matrix, 1)).toHaveLength(1);
});

test("colours grow with the share, and nothing of nothing is none", () => {
  expect([strength(0, 9), strength(9, 9), strength(0, 0)]).toEqual([0, 1, 0]);
  expect(strength(1, 100)).toBeCloseTo(0.1);
});

test("arrows lead from cell to cell and stop at the edge", () => {
  const at = { truth: 0, predicted: 1 };
  expect(moved("ArrowDown", at, 3)).toEqual({ truth: 1, predicted: 1 });
  expect(moved("ArrowUp", at, 3)).toEqual(at);
  expect(moved("End", at, 3)).toEqual({ truth: 0, predicted: 2 });
  expect(moved("Home", at, 3)).toEqual({ truth: 0, predicted: 0 });
  expect(moved("Enter", at, 3)).toBeUndefined();
});
