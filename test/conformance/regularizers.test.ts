/** Every regularizer of the catalogue: known values, slopes, laws. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { graph, input, type Tensor } from "../../src/ir/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { type Regularizer, regularizers } from "../../src/regularizers/index.ts";

describe.each(Object.entries(regularizers) as [string, Regularizer][])("regularizer %s", (name, unit) => {
  const penaltyOf = (weights: number[]) => {
    const w = input("w", [weights.length]);
    const penalty = unit.penalty!(w as Tensor, { [name]: input("strength", []) as Tensor });
    const traced = graph({ penalty, slope: gradients(penalty, [w as Tensor])[0] });
    const { penalty: value, slope } = evaluate(traced, {
      w: { shape: w.shape, data: Float64Array.from(weights) },
      strength: { shape: [], data: Float64Array.of(1) },
    });
    return { shape: value.shape, value: value.data[0], slope: [...slope.data] };
  };
  const expected: Record<string, { one: number; spread: number; slope: number[] }> = {
    l2: { one: 1, spread: 0.25, slope: [-4, 0, 1] },
    l1: { one: 1, spread: 1, slope: [-1, 0, 1] },
  };

  test("lesson 9: one weight of 1 against four of a quarter", () => {
    expect(unit.name).toBe(name);
    expect(penaltyOf([1, 0, 0, 0])).toMatchObject({ shape: [], value: expected[name].one });
    expect(penaltyOf([0.25, 0.25, 0.25, 0.25]).value).toBe(expected[name].spread);
  });

  test("its slope", () => expect(penaltyOf([-2, 0, 0.5]).slope.map((v) => v + 0)).toEqual(expected[name].slope));

  test("its slope agrees with differences, and no weights cost nothing", () => {
    const [w, h] = [[0.7, -1.3, 0.2], 1e-6];
    const { slope } = penaltyOf(w);
    slope.forEach((value, i) => {
      const at = (step: number) => penaltyOf(w.map((v, j) => (i === j ? v + step : v))).value;
      expect(value).toBeCloseTo((at(h) - at(-h)) / (2 * h), 7);
    });
    expect(penaltyOf([0, 0]).value).toBe(0);
  });
});
