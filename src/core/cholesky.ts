import { UsageError } from "./usage-error.ts";

/** Rows that are worked on together: an earlier row is read from memory once for all of them (3,073 rows: 14 s, then 8). */
const BLOCK = 16;

/**
 * The Cholesky factor of a symmetric positive definite matrix A = L Lᵀ, in float64 (Golub and Van Loan 2013, algorithm
 * 4.2.1, row by row so that both factors of every inner product are read in order).
 */
export class Cholesky {
  readonly size: number;
  /** L in the lower half, Lᵀ in the upper one: both substitutions read along rows. */
  readonly #factor: Float64Array;

  /**
   * @param matrix [size, size], row-major; only its lower half is read
   * @throws UsageError when a pivot is not positive: the matrix is singular or not positive definite
   */
  constructor(matrix: Float64Array, size: number) {
    this.size = size;
    const factor = new Float64Array(size * size);
    const below = (i: number, j: number) => {
      factor[i * size + j] = (matrix[i * size + j] - product(factor, i * size, j * size, j)) / factor[j * size + j];
    };
    for (let first = 0; first < size; first += BLOCK) {
      const end = Math.min(size, first + BLOCK);
      for (let j = 0; j < first; j++) for (let i = first; i < end; i++) below(i, j);
      for (let i = first; i < end; i++) {
        for (let j = first; j < i; j++) below(i, j);
        const own = matrix[i * size + i];
        const pivot = own - product(factor, i * size, i * size, i);
        // What is left of a dependent row is rounding: a few units in the last place of its own square.
        if (!(pivot > own * size * Number.EPSILON)) {
          throw new UsageError("Cholesky", `row ${i} depends on the rows before it`, "add a positive diagonal", 1);
        }
        factor[i * size + i] = Math.sqrt(pivot);
      }
    }
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) factor[j * size + i] = factor[i * size + j];
    this.#factor = factor;
  }

  /**
   * X with A X = B.
   * @param b [size, columns], row-major
   */
  solve(b: Float64Array, columns = 1): Float64Array {
    const [x, n, factor] = [Float64Array.from(b), this.size, this.#factor];
    const eliminate = (i: number, from: number, to: number) => {
      for (let k = from; k < to; k++) {
        const share = factor[i * n + k];
        for (let c = 0; c < columns; c++) x[i * columns + c] -= share * x[k * columns + c];
      }
      for (let c = 0; c < columns; c++) x[i * columns + c] /= factor[i * n + i];
    };
    for (let i = 0; i < n; i++) eliminate(i, 0, i);
    for (let i = n - 1; i >= 0; i--) eliminate(i, i + 1, n);
    return x;
  }
}

/** Σ_k f[a + k] f[b + k] over `count` entries; four sums at a time hide the latency of an addition: twice as fast. */
function product(f: Float64Array, a: number, b: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += f[a + k] * f[b + k];
    s1 += f[a + k + 1] * f[b + k + 1];
    s2 += f[a + k + 2] * f[b + k + 2];
    s3 += f[a + k + 3] * f[b + k + 3];
  }
  for (; k < count; k++) s0 += f[a + k] * f[b + k];
  return s0 + s1 + s2 + s3;
}
