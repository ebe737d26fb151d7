import { expect, test } from "vitest";
import { cellsOf, type Judgement, select } from "./chosen-pictures.ts";

const all: readonly Judgement[] = [
  { path: "a", truth: 0, predicted: 1, probability: 0.9, loss: 3 },
  { path: "b", truth: 0, predicted: 0, probability: 0.8, loss: 0.2 },
  { path: "c", truth: 1, predicted: 0, probability: 0.6, loss: 5 },
  { path: "d", truth: 0, predicted: 1, probability: 0.95, loss: 4 },
  { path: "e", truth: -1, predicted: 1, probability: 0.5, loss: 1 },
];
const none = new Map<string, string | null>();
const paths = (query: Partial<Parameters<typeof select>[1]>, marks = none) => {
  const { total, chosen } = select(all, { order: "data", from: 0, count: 10, ...query }, marks);
  return `${total}: ${chosen.map(({ path }) => path).join("")}`;
};

test("cells are counted in the order of the matrix; what is of no class is in none", () => {
  expect(cellsOf(all)).toEqual([0, 0, 1, 0, 1, 2, 1, 0, 1]);
  expect(cellsOf([])).toEqual([]);
});

test("pictures are chosen by their cell, in an order, a page at a time", () => {
  expect(paths({ truth: 0, predicted: 1 })).toBe("2: ad");
  expect(paths({ truth: 0, predicted: 1, order: "sure" })).toBe("2: da");
  expect(paths({ wrong: true, order: "loss" })).toBe("4: cdae");
  expect(paths({ from: 2, count: 2 })).toBe("5: cd");
  expect(paths({ marked: true }, new Map([["b", null]]))).toBe("1: b");
  expect(all.map(({ path }) => path).join("")).toBe("abcde");
});
