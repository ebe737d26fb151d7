/** How every solver ends: it stops when told, obeys the limit, says what is true, and never goes on for ever. */
import { describe, expect, test } from "vitest";
import { distance, logSumExp, norm, oracleOf, quadratic, rosenbrock, withEigenvalues } from "../../test/functions.ts";
import type { Limits, Oracle, Solution, Watch } from "./index.ts";
import { ascendDual, duals, minimizeByConjugateGradients, minimizeFista, minimizeLbfgs, sparseRows } from "./index.ts";

type Minimize = (oracle: Oracle, start: Float64Array, limits: Limits, watch?: Watch) => Promise<Solution>;
const smooth: [string, Minimize][] = [
  ["conjugate gradients", minimizeByConjugateGradients],
  ["L-BFGS", (oracle, start, limits, watch) => minimizeLbfgs(oracle, start, { ...limits, memory: 5 }, watch)],
  [
    "FISTA",
    (oracle, start, limits, watch) => minimizeFista(oracle, start, new Float64Array(start.length), limits, watch),
  ],
];

/** Four points on a line that overlap. */
function dualOf(limits: Limits, watch?: Watch): Promise<Solution> {
  const matrix = {
    starts: Int32Array.of(0, 1, 2, 3, 4),
    features: new Int32Array(4),
    values: Float64Array.of(1, -0.5, 0.3, -2),
    width: 1,
  };
  const rows = sparseRows(matrix, 2, { scale: Float64Array.of(1), shift: new Float64Array(1), bias: true });
  const [labels, costs] = [Int32Array.of(0, 0, 1, 1), new Float64Array(4).fill(1)];
  const dual = duals["crammer-singer"]({ labels, classes: 2, squaredNorms: rows.squaredNorms, costs, margin: 1 });
  return ascendDual(rows, labels, costs, dual, limits, 1, watch);
}

const hard = () => quadratic(withEigenvalues([1, 5, 25, 125, 625]), [1, 1, 1, 1, 1]);
const all: [string, (limits: Limits, watch?: Watch) => Promise<Solution>][] = [
  ...smooth.map(
    ([name, minimize]) =>
      [name, (limits: Limits, watch?: Watch) => minimize(hard(), new Float64Array(5), limits, watch)] as [
        string,
        (limits: Limits, watch?: Watch) => Promise<Solution>,
      ],
  ),
  ["dual coordinates", dualOf],
];

describe.each(all)("%s", (_, solve) => {
  test("can be stopped by the watch, and have not converged then", async () => {
    let calls = 0;
    const solution = await solve({ tolerance: 1e-12, iterations: 1000 }, () => ++calls === 3);
    expect([calls, solution.converged]).toEqual([3, false]);
    expect(solution.iteration).toBeLessThanOrEqual(3);
  });

  test("obey the limit of iterations", async () => {
    for (const iterations of [1, 2]) {
      const solution = await solve({ tolerance: 1e-15, iterations });
      expect([solution.iteration, solution.converged]).toEqual([iterations, false]);
    }
  });

  test("end with the tolerance 0 all the same, and say whether it was reached", async () => {
    const solution = await solve({ tolerance: 0, iterations: 300 });
    expect(solution.iteration).toBeLessThanOrEqual(300);
    expect(solution.converged).toBe(solution.optimality <= 0);
  });

  test("tell the watch of iterations that count up, a value and a fixed aim", async () => {
    const seen: number[] = [];
    const aims = new Set<number>();
    await solve({ tolerance: 1e-3, iterations: 50 }, ({ iteration, value, tolerance }) => {
      seen.push(iteration);
      aims.add(tolerance);
      return !Number.isFinite(value);
    });
    expect(seen).toEqual(seen.map((_, k) => seen[0] + k));
    expect(aims.size).toBe(1);
  });
});

describe.each(smooth)("%s", (_, minimize) => {
  const limits = { tolerance: 1e-6, iterations: 400 };
  const functions: [Oracle, number[]][] = [
    [hard(), [1, 2, 3, 4, 5]],
    [logSumExp(), [2, -1]],
    [rosenbrock(), [-1.2, 1]],
  ];

  test("tell the value and the size of the gradient at the answer, and do not move the start", async () => {
    for (const [oracle, from] of functions) {
      const start = Float64Array.from(from);
      const { w, value, optimality, tolerance } = await minimize(oracle, start, limits);
      const there = await oracle.evaluate(w);
      expect(value).toBe(there.value);
      expect(optimality).toBe(norm(there.gradient));
      expect(tolerance).toBe(1e-6 * norm((await oracle.evaluate(start)).gradient));
      expect([...start]).toEqual(from);
    }
  });

  test("end at once where the gradient is 0", async () => {
    const { w, iteration, converged, value } = await minimize(rosenbrock(), Float64Array.of(1, 1), limits);
    expect([iteration, converged, value, ...w]).toEqual([0, true, 0, 1, 1]);
  });

  test("end at once where the first value is no number", async () => {
    const nothing = oracleOf({
      dimension: 1,
      value: () => Number.NaN,
      gradient: () => [Number.NaN],
      product: () => [Number.NaN],
    });
    const solution = await minimize(nothing, Float64Array.of(1), limits);
    expect(solution.converged).toBe(false);
    expect(nothing.evaluations).toBeLessThan(200);
  });

  test("stay at the last number where the way leads to what is none", async () => {
    // Only the start has a value; beside 1 a small step is rounded away, beside 0 it never is.
    for (const start of [1, 0]) {
      const cliff = oracleOf({
        dimension: 1,
        value: ([x]) => (x === start ? 5 : Number.NaN),
        gradient: ([x]) => [x === start ? 2 : Number.NaN],
        product: ([x]) => [x === start ? 1 : Number.NaN],
      });
      const solution = await minimize(cliff, Float64Array.of(start), limits);
      expect([solution.converged, solution.value, ...solution.w]).toEqual([false, 5, start]);
      expect(cliff.evaluations).toBeLessThan(200);
    }
  });

  test("go down a function that falls for ever until the limit", async () => {
    const fall = oracleOf({ dimension: 1, value: ([x]) => -x, gradient: () => [-1], product: () => [0] });
    const solution = await minimize(fall, Float64Array.of(0), { tolerance: 1e-6, iterations: 20 });
    expect(solution.converged).toBe(false);
    expect(solution.value).toBeLessThan(-1);
  });

  test("without rounding in the way reach a tolerance of 1e-12", async () => {
    const { converged, w } = await minimize(logSumExp(), Float64Array.of(2, -1), {
      tolerance: 1e-12,
      iterations: 3000,
    });
    expect(converged).toBe(true);
    expect(distance(w, [-0.5 * Math.LN2, 0])).toBeLessThan(1e-11);
  });
});
