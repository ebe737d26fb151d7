import { describe, expect, test } from "vitest";
import { distance, logSumExp, logSumExpOptimum, quadratic, rosenbrock, withEigenvalues } from "../../test/functions.ts";
import { Cholesky } from "../core/index.ts";
import { minimizeLbfgs } from "./lbfgs.ts";
import type { Oracle } from "./oracle.ts";

const exactly = { tolerance: 1e-10, iterations: 500, memory: 10 };
const solve = (oracle: Oracle, options = exactly, start = new Float64Array(oracle.dimension)) =>
  minimizeLbfgs(oracle, start, options);

test("Rosenbrock's valley is followed to its end", async () => {
  const oracle = rosenbrock();
  const solution = await solve(oracle, exactly, Float64Array.of(-1.2, 1));
  expect(solution.converged).toBe(true);
  expect(distance(solution.w, [1, 1])).toBeLessThan(1e-8);
  expect(oracle.evaluations).toBeLessThan(60);
});

test("the least of a log-sum-exp is found to ten digits, where values differ by less than rounding", async () => {
  const solution = await solve(logSumExp());
  expect(solution.converged).toBe(true);
  expect(distance(solution.w, logSumExpOptimum.w)).toBeLessThan(1e-9);
  expect(solution.value).toBeCloseTo(logSumExpOptimum.value, 12);
});

test("the way is the same in any units of f", async () => {
  for (const units of [1, 1e-18, 1e18]) {
    const oracle = logSumExp(units);
    const { w, converged, iteration } = await solve(oracle);
    expect(converged).toBe(true);
    expect(distance(w, logSumExpOptimum.w)).toBeLessThan(1e-9);
    // The curvature of the last pair gives steps of about the right length at the first trial.
    expect(oracle.evaluations).toBeLessThan(iteration + 8);
  }
});

describe("on a quadratic", () => {
  const [eigenvalues, b] = [
    [1, 3, 9, 27, 81, 243],
    [1, -2, 3, 1, 5, -1],
  ];
  const exact = new Cholesky(Float64Array.from(withEigenvalues(eigenvalues).flat()), 6).solve(Float64Array.from(b));

  test("a longer memory takes fewer steps", async () => {
    const steps = await Promise.all(
      [1, 4, 20].map(async (memory) => {
        const solution = await solve(quadratic(withEigenvalues(eigenvalues), b), { ...exactly, memory });
        expect(distance(solution.w, exact)).toBeLessThan(1e-8);
        return solution.iteration;
      }),
    );
    expect(steps).toEqual(steps.toSorted((a, c) => c - a));
    expect(steps[2]).toBeLessThan(0.6 * steps[0]);
  });

  test("directions that the memory does not hold are scaled like those that it holds", async () => {
    const small = withEigenvalues(eigenvalues).map((row) => row.map((value) => 1e-9 * value));
    const oracle = quadratic(
      small,
      b.map((value) => 1e-9 * value),
    );
    const { iteration, converged } = await solve(oracle, { ...exactly, memory: 2 });
    expect(converged).toBe(true);
    expect(oracle.evaluations).toBeLessThan(1.5 * iteration);
  });

  test("the first step has the length 1, and the first trial with the Hessian as preconditioner is the answer", async () => {
    const h = withEigenvalues(eigenvalues);
    const inverse = new Cholesky(Float64Array.from(h.flat()), 6);
    const seen: Float64Array[] = [];
    const watched = (oracle: Oracle): Oracle => ({
      ...oracle,
      evaluate: (w) => {
        seen.push(w);
        return oracle.evaluate(w);
      },
    });
    // In small units, too, where the gradient is shorter than 1.
    const small = h.map((row) => row.map((value) => 1e-9 * value));
    const right = b.map((value) => 1e-9 * value);
    await solve(watched(quadratic(small, right)), { ...exactly, iterations: 1 });
    expect(distance(seen[1], seen[0])).toBeCloseTo(1, 12);
    const solution = await solve({ ...quadratic(h, b), precondition: (v) => inverse.solve(v) });
    expect([solution.converged, solution.iteration]).toEqual([true, 1]);
    expect(distance(solution.w, exact)).toBeLessThan(1e-10);
  });
});

test("the memory forgets the oldest pair first", async () => {
  // With the memory of one pair and of many, the first two steps are the same; later ones are not.
  const path = async (memory: number) => {
    const values: number[] = [];
    await minimizeLbfgs(rosenbrock(), Float64Array.of(-1.2, 1), { ...exactly, memory }, ({ value }) => {
      values.push(value);
      return values.length > 4;
    });
    return values;
  };
  const [short, long] = await Promise.all([path(1), path(10)]);
  expect(short.slice(0, 3)).toEqual(long.slice(0, 3));
  expect(short[3]).not.toBe(long[3]);
});
