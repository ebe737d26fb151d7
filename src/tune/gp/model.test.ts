/** Kernel, likelihood, posterior and acquisition, over a space with everything in it. */
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { type Parameter, Space } from "../../space/index.ts";
import { Acquisition } from "./acquisition.ts";
import { Encoding } from "./encoding.ts";
import { JITTER, Likelihood, matern } from "./likelihood.ts";
import { quantile } from "./normal.ts";
import { Points, telling } from "./points.ts";
import { Posterior } from "./posterior.ts";

const parameters: Record<string, Parameter> = {
  optimizer: { kind: "choice", choices: ["sgd", "adam", "lion"] },
  momentum: { kind: "float", low: 0, high: 0.99, when: { parameter: "optimizer", is: ["sgd"] } },
  nesterov: { kind: "choice", choices: [true, false], when: { parameter: "optimizer", is: ["sgd"] } },
  rate: { kind: "float", low: 1e-4, high: 1, log: true },
  decay: { kind: "float", low: 0, high: 1 },
  units: { kind: "int", low: 8, high: 256, log: true },
};
const space = new Space(parameters);
const encoding = new Encoding(space);
const random = new Random(3, "gp model");
const middle = new Float64Array(space.names.length).fill(0.5);
const draw = () =>
  encoding.snap(
    middle.map(() => random.uniform()),
    middle,
  );
const rows = Array.from({ length: 40 }, draw);
const axes = telling(encoding, rows);
const points = new Points(encoding, rows, axes);
const values = Float64Array.from(rows, () => random.normal());
const theta = Float64Array.from({ length: axes.length + 2 }, (_, i) => (i <= axes.length ? random.normal() : -4));

/** Kernel by definition: each row embedded, each distance in full. */
function covariance(a: Float64Array, b: Float64Array, [...logs] = theta): number {
  const square = axes.reduce((sum, axis, l) => {
    const [u, v] = [a[axis], b[axis]];
    const [none, other] = [Number.isNaN(u), Number.isNaN(v)];
    let distance = 0;
    if (encoding.axes[axis].parameter.kind === "choice") {
      distance = none !== other ? 0.5 : none || u === v ? 0 : 1;
    } else {
      const place = (unit: number) => (Number.isNaN(unit) ? [0, 0.5] : [unit - 0.5, 0]);
      distance = (place(u)[0] - place(v)[0]) ** 2 + (place(u)[1] - place(v)[1]) ** 2;
    }
    return sum + Math.exp(logs[l]) * distance;
  }, 0);
  const r = Math.sqrt(5 * square);
  return Math.exp(logs[axes.length]) * (1 + r + (r * r) / 3) * Math.exp(-r);
}
const matrixOf = (some: readonly Float64Array[], ridge: number) =>
  new Matrix(some.map((a, i) => some.map((b, j) => covariance(a, b) + (i === j ? ridge : 0))));
const ridge = Math.exp(theta[axes.length + 1]) + JITTER;

describe("distances", () => {
  test("are those of the definition, in every pair", () => {
    const squares = new Float64Array(rows.length);
    const weights = theta.map(Math.exp);
    for (const row of rows) {
      points.distances(row, weights, squares);
      for (const [i, other] of rows.entries()) {
        expect(matern(squares[i], weights[axes.length])).toBeCloseTo(covariance(row, other), 12);
      }
    }
  });

  test("make kernels that are positive definite, with parameters that do not count too", () => {
    for (let i = 0; i < 5; i++) {
      const some = Array.from({ length: 30 }, draw);
      const least = Math.min(...new EigenvalueDecomposition(matrixOf(some, 0)).realEigenvalues);
      expect(least).toBeGreaterThan(-1e-10);
    }
  });

  test("stay defined for trials of another space: narrower ranges, choices that are gone, a parameter that is new", () => {
    const now = new Encoding(
      new Space({
        ...parameters,
        optimizer: { kind: "choice", choices: ["adam", "sgd"] },
        rate: { kind: "float", low: 0.1, high: 1, log: true },
        dropout: { kind: "float", low: 0, high: 0.5 },
        one: { kind: "choice", choices: ["only"] },
      }),
    );
    const old = [
      { optimizer: "lion", rate: 1e-4, decay: 0.5, units: 8 },
      { optimizer: "sgd", momentum: 0.5, nesterov: true, rate: 0, decay: 0.5, units: 8, one: "other" },
      { optimizer: "adam", rate: 0.5, decay: 0.5, units: 8, dropout: 0.1, one: "only" },
    ].map((configuration) => now.encode(configuration));
    const told = telling(now, old);
    // That with a single value tells something only because it had another.
    expect(told).toHaveLength(8);
    expect(telling(now, old.slice(2))).toHaveLength(7);
    const among = new Points(now, old, told);
    const squares = new Float64Array(3);
    for (const [i, row] of old.entries()) {
      among.distances(row, new Float64Array(8).fill(1), squares);
      expect(squares[i]).toBe(0);
      for (const [j, square] of squares.entries()) if (j !== i) expect(square > 0 && square < 300).toBe(true);
    }
  });
});

describe("likelihood", () => {
  const likelihood = new Likelihood(points, values);
  const loss = (at: Float64Array) => likelihood.loss(at, new Float64Array(at.length));

  test("is that of ml-matrix, with the prior", () => {
    const factor = new CholeskyDecomposition(matrixOf(rows, ridge));
    const solved = factor.solve(Matrix.columnVector(values)).to1DArray();
    const fit = values.reduce((sum, value, i) => sum + 0.5 * value * solved[i], 0);
    const root = factor.lowerTriangularMatrix.diagonal().reduce((sum, value) => sum + Math.log(value), 0);
    const [s, v] = [Math.exp(theta[axes.length]), Math.exp(theta[axes.length + 1])];
    const weights = theta.slice(0, axes.length).map(Math.exp);
    const prior = weights.reduce((sum, w) => sum - 0.1 / w - 0.1 * w, Math.log(s) - s + 0.1 * Math.log(v) - 30 * v);
    expect(loss(theta)).toBeCloseTo(fit + root - prior, 8);
  });

  test("has the gradient of its differences", () => {
    const gradient = new Float64Array(theta.length);
    likelihood.loss(theta, gradient);
    for (let q = 0; q < theta.length; q++) {
      const [up, down] = [1, -1].map((sign) => loss(theta.map((value, i) => value + (i === q ? sign * 1e-5 : 0))));
      expect(Math.abs((up - down) / 2e-5 - gradient[q])).toBeLessThan(1e-5 * (1 + Math.abs(gradient[q])));
    }
  });
});

describe("posterior", () => {
  const posterior = new Posterior(points, values, theta);
  const factor = new CholeskyDecomposition(matrixOf(rows, ridge));

  test("is that of a direct solution", () => {
    for (const units of Array.from({ length: 10 }, draw)) {
      const k = rows.map((row) => covariance(row, units));
      const column = Matrix.columnVector(k);
      const solved = factor.solve(column).to1DArray();
      posterior.look(units);
      const bound = posterior.variance;
      expect(posterior.settle()).toBe(true);
      const mean = factor
        .solve(Matrix.columnVector(values))
        .to1DArray()
        .reduce((sum, a, i) => sum + a * k[i], 0);
      expect(posterior.mean).toBeCloseTo(mean, 8);
      const variance = covariance(units, units) - solved.reduce((sum, a, i) => sum + a * k[i], 0);
      expect(posterior.variance).toBeCloseTo(variance, 8);
      expect(bound).toBeGreaterThanOrEqual(posterior.variance);
    }
  });

  test("pending points leave every mean and make their neighbourhood certain", () => {
    const pending = draw();
    const believing = new Posterior(new Points(encoding, [...rows, pending], axes), values, theta);
    const near = draw();
    for (const one of [posterior, believing]) {
      one.look(near);
      one.settle();
    }
    expect(believing.mean).toBeCloseTo(posterior.mean, 10);
    expect(believing.variance).toBeLessThan(posterior.variance);
    believing.look(pending);
    believing.settle();
    expect(believing.variance).toBeLessThan(2 * ridge);
    // As if it had been seen where it was believed to be.
    const seen = Float64Array.from([...values, believing.mean]);
    const after = new Posterior(new Points(encoding, [...rows, pending], axes), seen, theta);
    for (const one of [believing, after]) {
      one.look(near);
      one.settle();
    }
    expect(after.mean).toBeCloseTo(believing.mean, 8);
    expect(after.variance).toBeCloseTo(believing.variance, 10);
  });
});

describe("acquisition", () => {
  const objective = new Posterior(points, values, theta);
  const limit = (most: number) => ({
    posterior: new Posterior(
      points,
      values.map((value, i) => rows[i][3] - value / 3),
      theta.map((value) => value / 2),
    ),
    most,
  });
  const free = points.lines.flatMap(({ axis, kind }, l) =>
    kind === "number" && encoding.axes[axis].parent < 0 ? [l] : [],
  );

  test.each([
    ["the improvement alone", new Acquisition(objective, -1)],
    ["an improvement that is far away", new Acquisition(objective, -40)],
    ["with limits", new Acquisition(objective, -1, [limit(0.2), limit(-1.5)])],
    ["limits alone", new Acquisition(undefined, 0, [limit(-0.5)])],
  ])("%s: the gradient is that of its differences", (_, acquisition) => {
    const gradient = new Float64Array(free.length);
    for (const units of Array.from({ length: 5 }, draw)) {
      expect(acquisition.slopes(units, free, gradient)).toBe(acquisition.value(units));
      for (const [d, l] of free.entries()) {
        const [up, down] = [1, -1].map((sign) =>
          acquisition.value(units.map((unit, axis) => unit + (axis === axes[l] ? sign * 1e-6 : 0))),
        );
        expect(Math.abs((up - down) / 2e-6 - gradient[d])).toBeLessThan(1e-5 * (1 + Math.abs(gradient[d])));
      }
    }
  });

  test("is the expected improvement times the probability that limits hold", () => {
    const kept = limit(0.2);
    const acquisition = new Acquisition(objective, 1, [kept]);
    const units = draw();
    const acquired = acquisition.value(units);
    // Means over even quantiles; of the two beliefs apart, because neither tells of the other.
    const quantiles = Array.from({ length: 2000 }, (_, i) => quantile((i + 0.5) / 2000));
    const mean = (of: (z: number) => number) => quantiles.reduce((sum, z) => sum + of(z) / quantiles.length, 0);
    const { mean: middle, variance } = objective;
    const improvement = mean((z) => Math.max(0, 1 - (middle + Math.sqrt(variance) * z)));
    const { mean: measured, variance: doubt } = kept.posterior;
    const holds = mean((z) => (measured + Math.sqrt(doubt) * z <= 0.2 ? 1 : 0));
    expect(acquired).toBeCloseTo(Math.log(improvement * holds), 2);
  });

  test("a bound is no less than the value, and says so early", () => {
    const acquisition = new Acquisition(objective, -1, [limit(0.2)]);
    let early = 0;
    for (const units of Array.from({ length: 50 }, draw)) {
      const value = acquisition.value(units);
      const bound = acquisition.value(units, value + 0.5);
      expect(bound).toBeGreaterThanOrEqual(value - 1e-9);
      expect(bound).toBeLessThanOrEqual(value + 0.5);
      if (bound > value + 1e-9) early++;
    }
    expect(early).toBeGreaterThan(0);
  });
});
