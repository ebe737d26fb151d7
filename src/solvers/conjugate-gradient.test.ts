import { describe, expect, test } from "vitest";
import { distance, logSumExp, logSumExpOptimum, oracleOf, quadratic, withEigenvalues } from "../../test/functions.ts";
import { Cholesky } from "../core/index.ts";
import { minimizeByConjugateGradients } from "./conjugate-gradient.ts";
import { minimizeLbfgs } from "./lbfgs.ts";
import type { Oracle } from "./oracle.ts";

const exactly = { tolerance: 1e-10, iterations: 100 };
const solve = (oracle: Oracle, options = exactly) =>
  minimizeByConjugateGradients(oracle, new Float64Array(oracle.dimension), options);

describe("on a quadratic", () => {
  const b = [1, -2, 3, 1, 5, -1];

  test.each([
    [[3, 3, 3, 3, 3, 3], 1],
    [[1, 1, 1, 50, 50, 50], 2],
    [[1, 1, 8, 8, 90, 90], 3],
    [[1, 2, 4, 8, 16, 32], 6],
  ])("with the eigenvalues %j it ends after %d products", async (eigenvalues, steps) => {
    const oracle = quadratic(withEigenvalues(eigenvalues), b);
    const solution = await solve(oracle);
    expect([solution.converged, solution.iteration, oracle.products]).toEqual([true, steps, steps]);
    const exact = new Cholesky(Float64Array.from(withEigenvalues(eigenvalues).flat()), 6).solve(Float64Array.from(b));
    expect(distance(solution.w, exact)).toBeLessThan(1e-9);
  });

  test("with the Hessian itself as the preconditioner it ends after one", async () => {
    const h = withEigenvalues([1, 7, 40, 1e3, 1e4, 1e5]);
    const inverse = new Cholesky(Float64Array.from(h.flat()), 6);
    const solution = await solve({ ...quadratic(h, b), precondition: (v) => inverse.solve(v) });
    expect([solution.converged, solution.iteration]).toEqual([true, 1]);
  });

  test("the slope and the height of a line take two", async () => {
    // ¼ Σ (a x + c − y)² through (0, 1), (1, 3), (2, 5), (3, 7): a = 2, c = 1.
    const points = [0, 1, 2, 3].map((x) => [x, 1]);
    const sums = (i: number, k: number) => 0.5 * points.reduce((total, row) => total + row[i] * row[k], 0);
    const right = [0, 1].map((i) => 0.5 * points.reduce((total, row) => total + row[i] * (2 * row[0] + 1), 0));
    const h = [
      [sums(0, 0), sums(0, 1)],
      [sums(1, 0), sums(1, 1)],
    ];
    const solution = await solve(quadratic(h, right));
    expect(solution.iteration).toBe(2);
    expect(distance(solution.w, [2, 1])).toBeLessThan(1e-12);
  });

  test("without curvature in a direction it finds the solution nearest to the start", async () => {
    // Only the sum of both is decided: 2 (w₁ + w₂) = 4.
    const flat = quadratic(
      [
        [2, 2],
        [2, 2],
      ],
      [4, 4],
    );
    const solution = await solve(flat);
    expect(solution.converged).toBe(true);
    expect(distance(solution.w, [1, 1])).toBeLessThan(1e-12);
  });

  test("the limit of iterations cuts the system short, and what it has so far is a step", async () => {
    const oracle = quadratic(withEigenvalues([1, 2, 4, 8, 16, 32]), b);
    const { value: before } = await oracle.evaluate(new Float64Array(6));
    const solution = await solve(oracle, { ...exactly, iterations: 3 });
    expect([solution.iteration, solution.converged]).toEqual([3, false]);
    expect(solution.value).toBeLessThan(before);
  });
});

describe("Newton's method", () => {
  test("finds the least of a log-sum-exp to ten digits", async () => {
    const solution = await solve(logSumExp());
    expect(solution.converged).toBe(true);
    expect(distance(solution.w, logSumExpOptimum.w)).toBeLessThan(1e-9);
    expect(solution.value).toBeCloseTo(logSumExpOptimum.value, 12);
  });

  test("goes the same way in any units of f", async () => {
    // Σ c_k ln cosh(w_k − k): many curvatures, so it matters how well each system is solved.
    const coshes = (units: number) => {
      const c = [1, 2, 4, 8, 16, 32, 64].map((value) => units * value);
      return oracleOf({
        dimension: c.length,
        value: (w) => c.reduce((total, value, k) => total + value * Math.log(Math.cosh(w[k] - 0.2 * k)), 0),
        gradient: (w) => c.map((value, k) => value * Math.tanh(w[k] - 0.2 * k)),
        product: (w, v) => c.map((value, k) => (value * v[k]) / Math.cosh(w[k] - 0.2 * k) ** 2),
      });
    };
    const ways = await Promise.all(
      [1, 1e-18, 1e18].map((units) => solve(coshes(units), { ...exactly, tolerance: 1e-6 })),
    );
    for (const { w, iteration, converged } of ways) {
      expect([iteration, converged]).toEqual([ways[0].iteration, true]);
      expect(distance(w, [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2])).toBeLessThan(1e-4);
    }
  });

  test("takes fewer evaluations than L-BFGS, and pays with products", async () => {
    const [newton, other] = [logSumExp(), logSumExp()];
    await solve(newton);
    await minimizeLbfgs(other, new Float64Array(2), { ...exactly, memory: 10 });
    expect(newton.evaluations).toBeLessThan(other.evaluations);
    expect(newton.products).toBeGreaterThan(0);
  });

  test("ends at the limit of iterations where there is no curvature and no least value", async () => {
    const slope = oracleOf({
      dimension: 1,
      value: ([x]) => -x,
      gradient: () => [-1],
      product: () => [0],
    });
    const solution = await solve(slope, { tolerance: 1e-3, iterations: 7 });
    expect([solution.iteration, solution.converged]).toEqual([7, false]);
  });

  test("with products that are no numbers goes on along the gradient", async () => {
    const blind = { ...logSumExp(), hessianVector: async () => new Float64Array(2).fill(Number.NaN) };
    const solution = await solve(blind, { tolerance: 1e-6, iterations: 100 });
    expect(solution.converged).toBe(true);
    expect(distance(solution.w, logSumExpOptimum.w)).toBeLessThan(1e-5);
  });
});
