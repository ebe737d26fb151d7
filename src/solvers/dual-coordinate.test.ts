import { describe, expect, test } from "vitest";
import { distance, norm } from "../../test/functions.ts";
import { Random } from "../core/index.ts";
import { ascendDual } from "./dual-coordinate.ts";
import { duals } from "./duals.ts";
import type { Rows, Watch } from "./oracle.ts";
import { sparseRows } from "./sparse-rows.ts";

interface Problem {
  readonly points: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly classes?: number;
  readonly costs?: readonly number[];
  readonly cost?: number;
  readonly margin?: number;
  readonly bias?: boolean;
}

function rowsOf({ points, classes = 2, bias = false }: Problem): Rows {
  const width = points[0].length;
  return sparseRows(
    {
      starts: Int32Array.from({ length: points.length + 1 }, (_, i) => i * width),
      features: Int32Array.from(points.flatMap((point) => point.map((_, k) => k))),
      values: Float64Array.from(points.flat()),
      width,
    },
    classes,
    { scale: new Float64Array(width).fill(1), shift: new Float64Array(width), bias },
  );
}

function solve(
  name: string,
  problem: Problem,
  options = { tolerance: 1e-7, iterations: 1000 },
  watch?: Watch,
  seed = 1,
) {
  const { labels: list, classes = 2, cost = 1, margin = 1 } = problem;
  const rows = rowsOf(problem);
  const labels = Int32Array.from(list);
  const costs = Float64Array.from(problem.costs ?? list.map(() => cost));
  const dual = duals[name]({ labels, classes, squaredNorms: rows.squaredNorms, costs, margin });
  return ascendDual(rows, labels, costs, dual, options, seed, watch);
}

/** ½ ‖W‖² + Σ C_i L_i by the definition of each loss, of nothing that the solver uses. */
function objective(
  name: string,
  { points, labels, classes = 2, costs, cost = 1, margin = 1 }: Problem,
  w: Float64Array,
) {
  return points.reduce(
    (total, point, i) => {
      const scores = Array.from({ length: classes }, (_, c) =>
        point.reduce((sum, value, k) => sum + value * w[k * classes + c], 0),
      );
      const own = scores[labels[i]];
      const short = scores.map((score, c) => Math.max(0, 1 - (c === labels[i] ? score : -score)));
      const losses: Record<string, number> = {
        "crammer-singer": Math.max(...scores.map((score, c) => score - own + (c === labels[i] ? 0 : margin))),
        "one-vs-rest-hinge": short.reduce((a, b) => a + b),
        "one-vs-rest-squared-hinge": short.reduce((sum, value) => sum + value * value, 0),
      };
      return total + (costs?.[i] ?? cost) * losses[name];
    },
    0.5 * norm(w) ** 2,
  );
}

const random = new Random(8, "clouds");
/** Three overlapping clouds in four dimensions. */
const clouds: Problem = {
  points: Array.from({ length: 60 }, (_, i) => [0, 1, 2, 3].map((k) => random.normal() + (k === i % 3 ? 1.5 : 0))),
  labels: Array.from({ length: 60 }, (_, i) => i % 3),
  classes: 3,
  cost: 0.3,
};

describe("two points and more behind them", () => {
  // The separator through 0 with the widest margin is x + y = 0: ‖(½, ½)‖ = 1/√2, so each side is √2 away.
  const separable: Problem = {
    points: [
      [1, 1],
      [-1, -1],
      [3, 1],
      [-1, -4],
      [2.5, 0.5],
    ],
    labels: [0, 1, 0, 1, 0],
    cost: 1e3,
  };

  test("are separated by the widest margin, one against the rest", async () => {
    const { w, converged, value } = await solve("one-vs-rest-hinge", separable);
    expect(converged).toBe(true);
    // [features, classes]: the second class has the opposite weights.
    expect(distance(w, [0.5, -0.5, 0.5, -0.5])).toBeLessThan(1e-6);
    expect(value).toBeCloseTo(0.5, 7);
  });

  test("and by Crammer and Singer, whose two classes share it", async () => {
    const { w } = await solve("crammer-singer", separable);
    expect(distance(w, [0.25, -0.25, 0.25, -0.25])).toBeLessThan(1e-6);
  });

  test("a margin twice as wide has weights twice as large", async () => {
    const { w } = await solve("crammer-singer", { ...separable, margin: 2 });
    expect(distance(w, [0.5, -0.5, 0.5, -0.5])).toBeLessThan(1e-6);
  });

  test("at the bound of the cost each point gives all it has", async () => {
    // C = 0.01: no point reaches the margin, so w = C Σ ± x.
    const { w } = await solve("one-vs-rest-hinge", { ...separable, cost: 0.01 });
    expect(distance(w, [0.085, -0.085, 0.075, -0.075])).toBeLessThan(1e-12);
  });

  test("squared violations of one point are solved by hand's rule", async () => {
    // min ½ w² + C (1 − 2w)²: w = 4C / (1 + 8C) = 4/9 with C = 1.
    const { w } = await solve("one-vs-rest-squared-hinge", { points: [[2]], labels: [0] });
    expect(distance(w, [4 / 9, -4 / 9])).toBeLessThan(1e-9);
  });

  test("a bias is a feature that is 1", async () => {
    const biased = await solve("one-vs-rest-hinge", { ...separable, bias: true });
    const points = separable.points.map((point) => [...point, 1]);
    const written = await solve("one-vs-rest-hinge", { ...separable, points });
    expect(distance(biased.w, written.w)).toBeLessThan(1e-9);
  });
});

describe.each(Object.keys(duals))("%s", (name) => {
  test("the gap is never below 0, never grows, and is closed", async () => {
    const gaps: number[] = [];
    const solution = await solve(name, clouds, undefined, ({ optimality }) => {
      gaps.push(optimality);
      return false;
    });
    expect(solution.converged).toBe(true);
    expect(gaps.length).toBeGreaterThan(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    for (let k = 1; k < gaps.length; k++) expect(gaps[k]).toBeLessThanOrEqual(gaps[k - 1] + 1e-12);
  });

  test("the value is that of the weights, and no step away from them lowers it", async () => {
    const { w, value } = await solve(name, clouds, { tolerance: 1e-8, iterations: 2000 });
    expect(value).toBeCloseTo(objective(name, clouds, w), 10);
    for (let k = 0; k < 50; k++) {
      const aside = w.map((weight) => weight + 1e-3 * random.normal());
      expect(objective(name, clouds, aside)).toBeGreaterThan(value - 1e-6);
    }
  });

  test("a weight of 2 is a row twice, and a weight of 0 is none", async () => {
    const [points, labels] = [clouds.points.slice(0, 9), clouds.labels.slice(0, 9)];
    const weighted = { ...clouds, points, labels, costs: [0, 0.6, 0.3, 0.3, 0.3, 0, 0.3, 0.3, 0.3] };
    const rows = [1, 1, 2, 3, 4, 6, 7, 8];
    const repeated = { ...clouds, points: rows.map((i) => points[i]), labels: rows.map((i) => labels[i]) };
    const [a, b] = await Promise.all([weighted, repeated].map((problem) => solve(name, problem)));
    expect([a.converged, b.converged]).toEqual([true, true]);
    // Two answers with this gap are as near to each other as strong convexity says.
    expect(distance(a.w, b.w) ** 2).toBeLessThan(8e-7 * a.value);
    expect(a.value).toBeCloseTo(b.value, 6);
  });

  test("rows of zeros and a class that no row has do no harm", async () => {
    const problem = { ...clouds, classes: 4, points: [...clouds.points, [0, 0, 0, 0]], labels: [...clouds.labels, 1] };
    const solution = await solve(name, problem);
    expect(solution.converged).toBe(true);
    expect(solution.value).toBeCloseTo(objective(name, problem, solution.w), 9);
  });

  test("nothing but zeros, or nothing that costs anything, is solved at once by 0", async () => {
    const zeros = { points: [[0], [0]], labels: [0, 1] };
    for (const problem of [zeros, { ...zeros, points: [[1], [2]], cost: 0 }]) {
      const { w, converged, iteration } = await solve(name, problem);
      expect(converged).toBe(true);
      expect(iteration).toBeLessThanOrEqual(1);
      expect([...w].map(Math.abs)).toEqual([0, 0]);
    }
  });

  test("more features than rows are separated", async () => {
    const points = [0, 1, 2].map((i) => Array.from({ length: 30 }, (_, k) => Math.cos((i + 1) * k)));
    const solution = await solve(name, { points, labels: [0, 1, 2], classes: 3, cost: 100 });
    expect(solution.converged).toBe(true);
  });

  test("the same seed goes the same way, another one to the same place", async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => solve(name, clouds, undefined, undefined, seed)));
    expect(b).toEqual(a);
    expect(c.w).not.toEqual(a.w);
    expect(c.value).toBeCloseTo(a.value, 5);
  });

  test("scores that are no numbers end it at once", async () => {
    const rows = { ...rowsOf(clouds), allScores: async () => new Float64Array(180).fill(Number.NaN) };
    const labels = Int32Array.from(clouds.labels);
    const costs = new Float64Array(60).fill(1);
    const dual = duals[name]({ labels, classes: 3, squaredNorms: rows.squaredNorms, costs, margin: 1 });
    const solution = await ascendDual(rows, labels, costs, dual, { tolerance: 1e-3, iterations: 50 }, 1);
    expect([solution.converged, solution.iteration]).toEqual([false, 0]);
  });
});

test("a margin of 0 asks for nothing: the answer is 0, and the gap closed", async () => {
  const solution = await solve("crammer-singer", { ...clouds, margin: 0 }, { tolerance: 0, iterations: 5 });
  expect([solution.converged, solution.iteration, solution.value]).toEqual([true, 0, 0]);
});

test("the answer is the best that was looked at, not the last", async () => {
  const seen: number[] = [];
  const solution = await solve(
    "one-vs-rest-hinge",
    { ...clouds, cost: 30 },
    { tolerance: 0, iterations: 4 },
    ({ value }) => {
      seen.push(value);
      return false;
    },
  );
  expect(solution.value).toBe(Math.min(...seen, solution.value));
  expect(solution.value).toBeCloseTo(objective("one-vs-rest-hinge", { ...clouds, cost: 30 }, solution.w), 9);
});
