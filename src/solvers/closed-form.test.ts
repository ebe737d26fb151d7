import { describe, expect, test } from "vitest";
import { distance, oracleOf } from "../../test/functions.ts";
import { UsageError } from "../core/index.ts";
import { solveNormalEquations } from "./closed-form.ts";

/** L(W) = (1/C) Σ_i ω_i ‖x_i W − t_i‖² + Σ_k λ_k ‖W_k‖² for examples written down, as its moments and as an oracle. */
function leastSquares(x: number[][], t: number[][], ridge: number[], weights = x.map(() => 1 / x.length)) {
  const [features, outputs] = [x[0].length, t[0].length];
  const sum = (at: (i: number) => number) => x.reduce((total, _, i) => total + weights[i] * at(i), 0);
  const pairs = (n: number, of: (a: number, b: number) => number) =>
    Float64Array.from({ length: features * n }, (_, at) => of(Math.floor(at / n), at % n));
  const moments = {
    gram: pairs(features, (a, b) => sum((i) => x[i][a] * x[i][b])),
    cross: pairs(outputs, (a, j) => sum((i) => x[i][a] * t[i][j])),
    features,
    outputs,
  };
  const residual = (w: Float64Array, i: number, j: number) =>
    x[i].reduce((total, value, k) => total + value * w[k * outputs + j], -t[i][j]);
  const oracle = oracleOf({
    dimension: features * outputs,
    quadratic: true,
    value: (w) =>
      t[0].reduce((total, _, j) => total + sum((i) => residual(w, i, j) ** 2) / outputs, 0) +
      w.reduce((total, value, k) => total + ridge[Math.floor(k / outputs)] * value * value, 0),
    gradient: (w) =>
      pairs(
        outputs,
        (k, j) => (2 / outputs) * sum((i) => residual(w, i, j) * x[i][k]) + 2 * ridge[k] * w[k * outputs + j],
      ),
    product: () => [],
  });
  const solve = (tolerance = 1e-10) => solveNormalEquations(moments, Float64Array.from(ridge), oracle, tolerance);
  return { oracle, solve };
}

describe("the normal equations", () => {
  test("of a line through (0, 1), (1, 2), (2, 4) are those worked out by hand", async () => {
    // a Σx² + c Σx = Σxy: 5a + 3c = 10; 3a + 3c = 7: a = 3/2, c = 5/6; residuals −1/6, 1/3, −1/6.
    const { solve } = leastSquares(
      [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
      [[1], [2], [4]],
      [0, 0],
    );
    const solution = await solve();
    expect(distance(solution.w, [3 / 2, 5 / 6])).toBeLessThan(1e-13);
    expect(solution.value).toBeCloseTo(1 / 18, 13);
    expect(solution.converged).toBe(true);
  });

  test("of one feature with a penalty shrink it by hand's rule, whatever the number of outputs", async () => {
    // (Σ ω x² / C + λ) w = Σ ω x t / C with x = 1, 2 and t = (3, −1), (1, 1): Σωx² = 5/2, Σωxt = (5/2, 1/2), C = 2, λ = 1/4.
    const { solve } = leastSquares(
      [[1], [2]],
      [
        [3, -1],
        [1, 1],
      ],
      [0.25],
    );
    expect(distance((await solve()).w, [1.25 / 1.5, 0.25 / 1.5])).toBeLessThan(1e-14);
  });

  const x = [
    [1.5, -2, 1],
    [0.3, 1, 1],
    [-1, 4, 1],
    [2, 2.5, 1],
  ];
  const t = [[1], [5], [-2], [0.5]];

  test("give a bias without a penalty what is the mean of the residuals of the others", async () => {
    const weights = [0.1, 0.2, 0.3, 0.4];
    const { w } = await leastSquares(x, t, [0.7, 0.2, 0], weights).solve();
    const rest = x.map((row, i) => t[i][0] - row[0] * w[0] - row[1] * w[1]);
    expect(w[2]).toBeCloseTo(
      rest.reduce((total, value, i) => total + weights[i] * value, 0),
      13,
    );
  });

  test("end where the gradient is 0, and say its true value and size", async () => {
    const { oracle, solve } = leastSquares(x, t, [0.7, 0.2, 0]);
    const solution = await solve();
    const { value, gradient } = await oracle.evaluate(solution.w);
    expect(solution.value).toBe(value);
    expect(solution.optimality).toBeCloseTo(Math.hypot(...gradient), 28);
    expect(solution.optimality).toBeLessThan(1e-13);
  });

  test("of a huge penalty leave only the bias, the mean", async () => {
    const { w } = await leastSquares(x, t, [1e12, 1e12, 0]).solve();
    expect(distance(w, [0, 0, 1.125])).toBeLessThan(1e-10);
  });
});

describe("features that depend on each other", () => {
  const twins = [
    [1, 1],
    [2, 2],
  ];

  test("are refused without a penalty, with the option that mends it", async () => {
    const { solve } = leastSquares(twins, [[1], [2]], [0, 0]);
    await expect(solve()).rejects.toThrow(UsageError);
    await expect(solve()).rejects.toThrow("--l2");
  });

  test("share the weight with one", async () => {
    const { w } = await leastSquares(twins, [[1], [2]], [1e-9, 1e-9]).solve();
    expect(distance(w, [0.5, 0.5])).toBeLessThan(1e-6);
  });

  test("more of them than examples are solved with one, too", async () => {
    const wide = leastSquares([[1, 2, 3]], [[14]], [1e-10, 1e-10, 1e-10]);
    expect(distance((await wide.solve(1e-4)).w, [1, 2, 3])).toBeLessThan(1e-4);
  });

  test("that are 0 in all examples are refused without a penalty and weigh nothing with one", async () => {
    const blank = [
      [1, 0],
      [2, 0],
    ];
    await expect(leastSquares(blank, [[1], [2]], [0, 0]).solve()).rejects.toThrow(UsageError);
    expect((await leastSquares(blank, [[1], [2]], [0, 1]).solve()).w[1]).toBe(0);
  });
});

test("targets of 0 are solved by 0, which is where it starts", async () => {
  const solution = await leastSquares([[1], [2]], [[0], [0]], [0.1]).solve(0);
  expect([solution.converged, solution.w[0], solution.optimality]).toEqual([true, 0, 0]);
});
