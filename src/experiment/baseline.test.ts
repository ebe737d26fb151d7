import { describe, expect, test } from "vitest";
import { figuresOf } from "../metrics/index.ts";
import { adam } from "../optimizers/index.ts";
import { closedForm } from "../solvers/index.ts";
import { baselineResult, baselineSkipped } from "./baseline.ts";

const usual = { optimizer: adam(), judged: 10, softTargets: false, interrupted: false };

describe("a linear baseline", () => {
  test("is fitted, unless it makes no sense", () => {
    expect(baselineSkipped(usual)).toBeUndefined();
    expect(baselineSkipped({ ...usual, interrupted: true })).toMatch("interrupted");
    expect(baselineSkipped({ ...usual, softTargets: true })).toMatch("distributions");
    expect(baselineSkipped({ ...usual, optimizer: closedForm() })).toMatch("least squares itself");
    expect(baselineSkipped({ ...usual, judged: 0 })).toMatch("no pictures");
  });

  test("is compared on the test pictures, and on those of validation where there are no others", () => {
    const figures = (rightOfFour: number) =>
      figuresOf(
        Float64Array.from({ length: 8 }, (_, k) => Number(k % 2 === 0)),
        Int32Array.from({ length: 4 }, (_, i) => Number(i >= rightOfFour)),
        2,
      );
    const found = {
      ...{ features: 4, pooled: 1, trained: 8, penalty: 1 },
      ...{ validation: { images: 4, accuracy: 0.25 }, test: { images: 4, accuracy: 0.5 } },
    };
    expect(baselineResult(found, figures(4), figures(3))).toEqual({ ...found, gain: 0.25 });
    const without = { ...found, test: null };
    expect(baselineResult(without, figures(4), null)).toEqual({ ...without, gain: 0.75 });
    expect(baselineResult({ skipped: "a reason" }, figures(4), figures(3))).toEqual({ skipped: "a reason" });
  });
});
