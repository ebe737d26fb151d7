import { describe, expect, test } from "vitest";
import { choice, flag, number, numbers, parseState, printState, startOf, text, whole } from "./fields.ts";

const fields = {
  rate: number(0.1, 0, 2.5, 0.01),
  step: whole(0, 0, 20),
  loss: choice(["mse", "hinge"]),
  on: flag(),
  points: numbers([0, 1], -5, 5),
  note: text(),
};
const read = (query: string) => parseState(fields, new URLSearchParams(query));

test("what is as at the start is not in the address", () => {
  expect(read("")).toEqual(startOf(fields));
  expect(printState(fields, startOf(fields))).toEqual({});
});

test("any state comes back from its address", () => {
  const state = { rate: 1.07, step: 3, loss: "hinge", on: true, points: [-0.25, 4], note: "a&b=ü 中" } as const;
  expect(read(new URLSearchParams(printState(fields, state)).toString())).toEqual(state);
});

describe("no address breaks a lesson", () => {
  test.each([
    ["rate=much", { rate: 0.1 }],
    ["rate=", { rate: 0.1 }],
    ["rate=99", { rate: 2.5 }],
    ["rate=-Infinity", { rate: 0.1 }],
    ["step=2.6", { step: 3 }],
    ["step=-1", { step: 0 }],
    ["loss=constructor", { loss: "mse" }],
    ["on=yes", { on: false }],
    ["points=1", { points: [0, 1] }],
    ["points=1,x", { points: [0, 1] }],
    ["points=1,99", { points: [1, 5] }],
    ["points=", { points: [0, 1] }],
  ])("%s", (query, wanted) => expect(read(query)).toMatchObject(wanted));
});
