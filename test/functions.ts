/** Functions written down in a line, with their derivatives: what solvers are tested on. */
import type { Oracle, Point } from "../src/solvers/index.ts";
import { dot, norm } from "../src/solvers/vector.ts";

/** An oracle that counts the questions. */
export interface Counted extends Oracle {
  evaluations: number;
  products: number;
}

interface Written {
  readonly dimension: number;
  readonly quadratic?: boolean;
  value(w: Float64Array): number;
  gradient(w: Float64Array): ArrayLike<number>;
  product(w: Float64Array, v: Float64Array): ArrayLike<number>;
}

export function oracleOf({ dimension, quadratic = false, value, gradient, product }: Written): Counted {
  const oracle: Counted = {
    dimension,
    quadratic,
    evaluations: 0,
    products: 0,
    async evaluate(w): Promise<Point> {
      oracle.evaluations++;
      return { value: value(w), gradient: Float64Array.from(gradient(w)) };
    },
    async hessianVector(w, v) {
      oracle.products++;
      return Float64Array.from(product(w, v));
    },
  };
  return oracle;
}

const times = (rows: readonly (readonly number[])[], v: ArrayLike<number>) =>
  rows.map((row) => row.reduce((total, value, k) => total + value * v[k], 0));

/** ½ wᵀ H w − bᵀ w */
export const quadratic = (h: readonly (readonly number[])[], b: readonly number[]): Counted =>
  oracleOf({
    dimension: b.length,
    quadratic: true,
    value: (w) => times(h, w).reduce((total, value, k) => total + (0.5 * value - b[k]) * w[k], 0),
    gradient: (w) => times(h, w).map((value, k) => value - b[k]),
    product: (_, v) => times(h, v),
  });

/** The symmetric matrix Q diag(eigenvalues) Q with the reflection Q = I − 2 u uᵀ, u ∝ (1, 2, 3, …). */
export function withEigenvalues(eigenvalues: readonly number[]): number[][] {
  const size = Math.sqrt(eigenvalues.reduce((total, _, k) => total + (k + 1) ** 2, 0));
  const reflection = eigenvalues.map((_, i) =>
    eigenvalues.map((_, k) => (i === k ? 1 : 0) - (2 * (i + 1) * (k + 1)) / size ** 2),
  );
  return reflection.map((row) =>
    reflection.map((other) => eigenvalues.reduce((total, value, k) => total + row[k] * value * other[k], 0)),
  );
}

/** (1 − x)² + 100 (y − x²)²: a curved valley with its only minimum, 0, at (1, 1). */
export const rosenbrock = (): Counted =>
  oracleOf({
    dimension: 2,
    value: ([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: ([x, y]) => [2 * (x - 1) - 400 * x * (y - x * x), 200 * (y - x * x)],
    product: ([x, y], [a, b]) => [(2 - 400 * (y - 3 * x * x)) * a - 400 * x * b, -400 * x * a + 200 * b],
  });

/**
 * ln(e^{x + 3y − 0.1} + e^{x − 3y − 0.1} + e^{−x − 0.1}), Boyd and Vandenberghe 2004, section 9.3. Least where 2 eˣ = e⁻ˣ and
 * y = 0: at x = −½ ln 2, with the value ln(2√2) − 0.1.
 *
 * @param units the function is multiplied by this
 */
export function logSumExp(units = 1): Counted {
  const rows = [
    [1, 3],
    [1, -3],
    [-1, 0],
  ];
  const shares = (w: Float64Array) => {
    const powers = times(rows, w).map((score) => Math.exp(score - 0.1));
    const total = powers.reduce((a, b) => a + b);
    return { total, p: powers.map((power) => power / total) };
  };
  const mean = (p: readonly number[], values: (row: readonly number[]) => number) =>
    p.reduce((total, share, i) => total + share * values(rows[i]), 0);
  return oracleOf({
    dimension: 2,
    value: (w) => units * Math.log(shares(w).total),
    gradient: (w) => [0, 1].map((k) => units * mean(shares(w).p, (row) => row[k])),
    product(w, v) {
      const { p } = shares(w);
      const along = (row: readonly number[]) => row[0] * v[0] + row[1] * v[1];
      return [0, 1].map(
        (k) => units * (mean(p, (row) => row[k] * along(row)) - mean(p, (row) => row[k]) * mean(p, along)),
      );
    },
  });
}
export const logSumExpOptimum = { w: [-0.5 * Math.LN2, 0], value: Math.log(2 * Math.SQRT2) - 0.1 };

/** ‖a − b‖ */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  norm(Float64Array.from({ length: a.length }, (_, k) => a[k] - b[k]));

export { dot, norm };
