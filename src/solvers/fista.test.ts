import { describe, expect, test } from "vitest";
import { distance, logSumExp, logSumExpOptimum, oracleOf, quadratic, withEigenvalues } from "../../test/functions.ts";
import { minimizeFista } from "./fista.ts";
import type { Oracle } from "./oracle.ts";

const exactly = { tolerance: 1e-10, iterations: 5000 };
const solve = (oracle: Oracle, threshold: readonly number[], options = exactly, start?: readonly number[]) =>
  minimizeFista(
    oracle,
    Float64Array.from(start ?? new Float64Array(oracle.dimension)),
    Float64Array.from(threshold),
    options,
  );

describe("with an orthogonal design", () => {
  // ½ Σ h_k (w_k − c_k)² + Σ t_k |w_k|: w_k = sign(c_k) max(0, |c_k| − t_k / h_k).
  const [h, c] = [
    [1, 2, 4, 8, 0.5],
    [3, -2, 0.1, -0.01, 0],
  ];
  const diagonal = h.map((value, i) => h.map((_, k) => (i === k ? value : 0)));
  const right = c.map((value, k) => h[k] * value);

  test("the lasso is the soft threshold, with exact zeros", async () => {
    const solution = await solve(quadratic(diagonal, right), [1, 1, 1, 1, 1]);
    expect(solution.converged).toBe(true);
    expect(distance(solution.w, [2, -1.5, 0, 0, 0])).toBeLessThan(1e-9);
    expect([...solution.w.subarray(2)]).toEqual([0, 0, 0]);
  });

  test("each coordinate has a threshold of its own, and 0 leaves it alone", async () => {
    const solution = await solve(quadratic(diagonal, right), [0, 8, 0, 0.01, 0]);
    expect(distance(solution.w, [3, 0, 0.1, -0.01 + 0.01 / 8, 0])).toBeLessThan(1e-9);
    expect(solution.w[1]).toBe(0);
  });

  test("a penalty that is too strong for all of them ends at once at 0", async () => {
    const oracle = quadratic(diagonal, right);
    const solution = await solve(oracle, [9, 9, 9, 9, 9]);
    expect([solution.converged, solution.iteration, oracle.evaluations]).toEqual([true, 0, 1]);
    expect([...solution.w]).toEqual([0, 0, 0, 0, 0]);
  });

  test("a weight that was not 0 becomes 0 when the penalty wants it", async () => {
    const solution = await solve(quadratic(diagonal, right), [9, 9, 9, 9, 9], exactly, [1, -1, 1, -1, 1]);
    expect(solution.converged).toBe(true);
    expect([...solution.w].map(Math.abs)).toEqual([0, 0, 0, 0, 0]);
  });
});

test("a lasso of correlated features meets its optimality conditions", async () => {
  const h = withEigenvalues([1e-3, 0.01, 0.1, 1, 3, 10, 30, 100]);
  const b = [1, -2, 3, 1, 5, -1, 0.2, 2];
  const strength = 1.5;
  const oracle = quadratic(h, b);
  const { w, converged, value } = await solve(
    oracle,
    b.map(() => strength),
  );
  expect(converged).toBe(true);
  const { gradient, value: smooth } = await oracle.evaluate(w);
  const zeros = w.filter((weight) => weight === 0).length;
  expect(zeros).toBeGreaterThan(0);
  expect(zeros).toBeLessThan(w.length);
  w.forEach((weight, k) => {
    if (weight === 0) expect(Math.abs(gradient[k])).toBeLessThanOrEqual(strength);
    else expect(gradient[k]).toBeCloseTo(-strength * Math.sign(weight), 8);
  });
  expect(value).toBeCloseTo(smooth + strength * w.reduce((total, weight) => total + Math.abs(weight), 0), 12);
});

test("momentum and restarts need the square root of the steps of plain proximal gradients", async () => {
  // The condition is 10⁴: plain gradients would need about 10⁴ ln 10¹⁰ = 230,000 steps.
  const solution = await solve(quadratic(withEigenvalues([1, 10, 100, 1e3, 1e4]), [1, 1, 1, 1, 1]), [0, 0, 0, 0, 0]);
  expect(solution.converged).toBe(true);
  expect(solution.iteration).toBeLessThan(2500);
});

test("the step grows to where the function is flatter", async () => {
  // The curvature falls from 100 at the start to 1 at the answer, 1000 away.
  const wall = oracleOf({
    dimension: 1,
    value: ([x]) => 0.5 * (x - 1000) ** 2 + (x < 0 ? 49.5 * x * x : 0),
    gradient: ([x]) => [x - 1000 + (x < 0 ? 99 * x : 0)],
    product: ([x], [v]) => [v * (x < 0 ? 100 : 1)],
  });
  const solution = await solve(wall, [0], { tolerance: 1e-6, iterations: 1000 }, [-50]);
  expect(solution.converged).toBe(true);
  expect(solution.w[0]).toBeCloseTo(1000, 1);
  expect(solution.iteration).toBeLessThan(90);
});

test("the first step is as long as the curvature along the gradient says, however far the answer is", async () => {
  const solution = await solve(quadratic([[1e-6]], [1]), [0]);
  expect(solution.converged).toBe(true);
  expect(solution.iteration).toBeLessThanOrEqual(2);
  expect(solution.w[0]).toBeCloseTo(1e6, 3);
});

test("f alone, in any units, is minimised like by the others", async () => {
  for (const units of [1, 1e-18, 1e18]) {
    const solution = await solve(logSumExp(units), [0, 0]);
    expect(solution.converged).toBe(true);
    expect(distance(solution.w, logSumExpOptimum.w)).toBeLessThan(1e-8);
  }
});

test("f lies below its model at every step: the value of a quadratic never leaves the start's level set", async () => {
  const oracle = quadratic(withEigenvalues([1, 100]), [1, 1]);
  const values: number[] = [];
  await minimizeFista(oracle, Float64Array.of(5, -5), new Float64Array(2), exactly, ({ value }) => {
    values.push(value);
    return false;
  });
  expect(Math.max(...values)).toBe(values[0]);
});
