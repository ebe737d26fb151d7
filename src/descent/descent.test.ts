import { describe, expect, test } from "vitest";
import { constant, type Tensor } from "../ir/index.ts";
import { add, mean, mul, square, sub } from "../ops/index.ts";
import { adagrad, momentum, sgd } from "../optimizers/index.ts";
import { closedForm, conjugateGradient, lbfgs } from "../solvers/index.ts";
import { descend, interpret, solve } from "./index.ts";

const x = [0, 1, 2, 3, 4];
const y = [1.1, 1.4, 2.1, 2.4, 3.0];
type At = Record<"w" | "b", Tensor>;
const fit = ({ w, b }: At, { x, y }: Record<"x" | "y", Tensor>): Tensor =>
  mul(0.5, mean(square(sub(add(mul(w, x), b), y))));

describe("interpret", () => {
  test("computes in float64, and again for other shapes", () => {
    const line = interpret(({ w, x }: Record<"w" | "x", Tensor>) => ({ y: mul(w, x) }));
    expect(line({ w: 0.1, x: 3 }).y.value).toBe(0.1 * 3);
    const row = line({ w: 0.1, x: [1, 3] }).y;
    expect([...row.data]).toEqual([0.1, 0.1 * 3]);
    expect(row.value).toBeNaN();
    expect(line({ w: 2, x: { shape: [1, 2], data: Float64Array.of(1, 2) } }).y.shape).toEqual([1, 2]);
  });

  test("says what is wrong with numbers", () => {
    const line = interpret(({ x }: Record<"x", Tensor>) => ({ y: mul(x, 2) }));
    expect(() => line({ x: [[1, 2], [3]] })).toThrow("unequal lengths");
    expect(() => line({ x: { shape: [3], data: Float64Array.of(1) } })).toThrow("shape [3] and 1 numbers");
  });
});

describe("descend", () => {
  const parabola = ({ b }: Record<"b", Tensor>) => mul(0.5, square(sub(b, 1)));

  test("follows the rule of the optimizer, and returns every point with what was seen there", () => {
    const path = descend(parabola, { b: -1 }, { optimizer: sgd({ learningRate: 2 }), steps: 3 });
    expect(path.map(({ at }) => at.b.value)).toEqual([-1, 3, -1, 3]);
    expect(path.map(({ gradient }) => gradient.b.value)).toEqual([-2, 2, -2, 2]);
    expect(path.map(({ loss }) => loss)).toEqual([2, 2, 2, 2]);
    expect(path.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  });

  test("tells what the optimizer remembers", () => {
    const summed = descend(parabola, { b: -1 }, { optimizer: adagrad({ learningRate: 0.1 }), steps: 1 });
    expect(summed[0].memory.squares.b.value).toBe(0);
    expect(summed[1].memory.squares.b.value).toBe(4);
    expect(summed[1].at.b.value).toBeCloseTo(-0.9, 9);
    const rolling = descend(
      parabola,
      { b: 0 },
      { optimizer: momentum({ learningRate: 0.1, momentum: 0.5 }), steps: 2 },
    );
    expect(rolling.map(({ memory }) => memory.velocity.b.value)).toEqual([0, -1, -1.4]);
    expect(rolling[2].at.b.value).toBeCloseTo(0.24, 12);
  });

  test("takes a batch for each step, of any size", () => {
    const batch = (step: number) => (step === 1 ? { t: [1, 3] } : { t: [5] });
    const path = descend(
      ({ b }, { t }) => mul(0.5, mean(square(sub(b, t)))),
      { b: 0 },
      {
        optimizer: sgd({ learningRate: 1 }),
        steps: 2,
        data: batch,
      },
    );
    expect(path.map(({ at }) => at.b.value)).toEqual([0, 2, 5]);
  });
});

describe("solve", () => {
  const start = { w: 0, b: 0 };

  test("the closed form and conjugate gradients agree; the second ends in two steps", async () => {
    const exact = await solve(fit, start, { solver: closedForm(), data: { x, y } });
    expect(exact.at.w.value).toBeCloseTo(0.48, 12);
    expect(exact.at.b.value).toBeCloseTo(1.04, 12);
    expect(exact.hessian).toEqual([
      [expect.closeTo(6, 12), expect.closeTo(2, 12)],
      [expect.closeTo(2, 12), expect.closeTo(1, 12)],
    ]);
    const walked = await solve(fit, start, { solver: conjugateGradient({ tolerance: 1e-10 }), data: { x, y } });
    expect(walked.iterations).toBe(2);
    expect(walked.at.w.value).toBeCloseTo(0.48, 10);
    const once = await solve(fit, start, {
      solver: conjugateGradient({ tolerance: 1e-10, iterations: 1 }),
      data: { x, y },
    });
    expect(once.loss).toBeGreaterThan(exact.loss * 1.5);
  });

  test("parameters with axes are one vector to the solver", async () => {
    const target = constant([1, 2, 3]);
    const { at, iterations } = await solve(
      ({ v }: Record<"v", Tensor>) => mean(square(sub(v, target))),
      { v: [0, 0, 0] },
      { solver: conjugateGradient({ tolerance: 1e-12 }) },
    );
    expect([...at.v.data].map((value) => Number(value.toFixed(12)))).toEqual([1, 2, 3]);
    expect(iterations).toBe(1);
  });

  test("refuses what it cannot do", async () => {
    await expect(solve(fit, start, { solver: lbfgs(), data: { x, y } })).rejects.toThrow(
      "closedForm or conjugateGradient",
    );
    await expect(solve(fit, start, { solver: closedForm(), data: { x: [1, 1], y: [1, 2] } })).rejects.toThrow(
      "no single solution",
    );
  });
});
