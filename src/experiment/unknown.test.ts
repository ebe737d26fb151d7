import { describe, expect, test } from "vitest";
import { shapesSource } from "../data/index.ts";
import { resolve } from "./index.ts";
import { unknownBy } from "./unknown.ts";

const said = (...rows: readonly (readonly [truth: number, predicted: number, probability: number])[]) =>
  rows.map(([truth, predicted, probability]) => ({ truth, predicted, probability }));

test("the threshold is the validation pictures', and the test pictures are only looked at", () => {
  const validation = said([0, 0, 0.9], [1, 1, 0.7], [1, 0, 0.6]);
  const { below, ...rest } = unknownBy(0.5, validation, said([0, 0, 0.8], [1, 0, 0.95]));
  expect(below).toBeCloseTo(0.9 - 1e-5, 12);
  expect(rest).toEqual({
    share: 0.5,
    validation: { turnedAway: 1 - 1 / 3, kept: 1, accuracy: 1 },
    test: { turnedAway: 0.5, kept: 1, accuracy: 0 },
  });
  expect(unknownBy(0.5, validation).test).toBe(null);
});

describe("the share", () => {
  const source = shapesSource({ train: 10, test: 0 });
  const settled = (unknown?: number) =>
    resolve({ data: source, ...(unknown === undefined ? {} : { unknown }) }, source);
  test("is none unless said", () => expect([settled().unknown, settled(0).unknown]).toEqual([null, 0]));
  test.each([1, -0.1, Number.NaN])("cannot be %d", (unknown) => {
    expect(() => settled(unknown)).toThrow(`unknown: is ${unknown}; give the share of right answers`);
  });
});
