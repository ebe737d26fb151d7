/**
 * Rows of a block: an earlier row is read from memory once for all of them. Inside, four at a time are computed in registers, so that five
 * numbers are read for four products, not eight.
 */
const BLOCK = 16;

/** Where row i of a lower half begins that is kept row by row. */
const startOf = (i: number): number => (i * (i + 1)) / 2;

/**
 * The Cholesky factor of a covariance matrix, K = L Lᵀ, that grows: row i of L depends on the first i rows of K only, so rows can be
 * appended, and the factor of the first rows is a part of it. The sum of every entry is taken in the same order however the rows came,
 * so a factor that has grown equals one that was made at once, to the last bit.
 */
export class Factor {
  readonly #entries: Float64Array;
  /** Rows that are factored. */
  size = 0;

  constructor(capacity: number) {
    this.#entries = new Float64Array(startOf(capacity));
  }

  /** Another factor of the first rows of this one, with room for more. */
  grown(rows: number, capacity: number): Factor {
    const copy = new Factor(capacity);
    copy.#entries.set(this.#entries.subarray(0, startOf(rows)));
    copy.size = rows;
    return copy;
  }

  /** Where row i of K, up to its diagonal, is to be written before it is factored. */
  row(i: number): Float64Array {
    return this.#entries.subarray(startOf(i), startOf(i + 1));
  }

  /**
   * Factors the rows that were written, up to `size`.
   * @returns false when a pivot is not positive: the matrix is not positive definite in this precision
   */
  complete(size: number): boolean {
    const entries = this.#entries;
    for (let first = this.size; first < size; first += BLOCK) {
      const end = Math.min(size, first + BLOCK);
      for (let j = 0; j < first; j++) eliminate(entries, first, end, j);
      for (let j = first; j < end; j++) {
        const start = startOf(j);
        const own = entries[start + j];
        let pivot = own;
        for (let k = 0; k < j; k++) pivot -= entries[start + k] * entries[start + k];
        // What is left of a dependent row is rounding: a few units in the last place of its own square.
        if (!(pivot > own * size * Number.EPSILON)) return false;
        entries[start + j] = Math.sqrt(pivot);
        eliminate(entries, j + 1, end, j);
      }
    }
    this.size = size;
    return true;
  }

  /**
   * Rows `from` to `to` of L⁻¹ b, in place; those before `from` are there already.
   * @returns the sum of their squares
   */
  forward(b: Float64Array, from: number, to: number): number {
    const entries = this.#entries;
    let squares = 0;
    let i = from;
    for (; i + 3 < to; i += 4) {
      const r0 = startOf(i);
      const r1 = r0 + i + 1;
      const r2 = r1 + i + 2;
      const r3 = r2 + i + 3;
      let s0 = b[i];
      let s1 = b[i + 1];
      let s2 = b[i + 2];
      let s3 = b[i + 3];
      for (let k = 0; k < i; k++) {
        const x = b[k];
        s0 -= entries[r0 + k] * x;
        s1 -= entries[r1 + k] * x;
        s2 -= entries[r2 + k] * x;
        s3 -= entries[r3 + k] * x;
      }
      s0 /= entries[r0 + i];
      s1 = (s1 - entries[r1 + i] * s0) / entries[r1 + i + 1];
      s2 = (s2 - entries[r2 + i] * s0 - entries[r2 + i + 1] * s1) / entries[r2 + i + 2];
      s3 -= entries[r3 + i] * s0 + entries[r3 + i + 1] * s1 + entries[r3 + i + 2] * s2;
      s3 /= entries[r3 + i + 3];
      b[i] = s0;
      b[i + 1] = s1;
      b[i + 2] = s2;
      b[i + 3] = s3;
      squares += s0 * s0 + s1 * s1 + s2 * s2 + s3 * s3;
    }
    for (; i < to; i++) {
      const start = startOf(i);
      b[i] = (b[i] - dot(entries, start, b, 0, i)) / entries[start + i];
      squares += b[i] * b[i];
    }
    return squares;
  }

  /**
   * By how much the sum of squares would grow with row i, were it the next one behind the first `done` rows of L⁻¹ b.
   * @param own entry i, i of K
   */
  share(i: number, b: Float64Array, done: number, own: number): number {
    const start = startOf(i);
    const rest = b[i] - dot(this.#entries, start, b, 0, done);
    return (rest * rest) / (own - dot(this.#entries, start, this.#entries, start, done));
  }

  /** L⁻ᵀ b of the first so many rows, in place. */
  backward(b: Float64Array, size = this.size): void {
    const entries = this.#entries;
    let i = size - 1;
    for (; i >= 3; i -= 4) {
      const r0 = startOf(i);
      const r1 = startOf(i - 1);
      const r2 = startOf(i - 2);
      const r3 = startOf(i - 3);
      const x0 = b[i] / entries[r0 + i];
      const x1 = (b[i - 1] - x0 * entries[r0 + i - 1]) / entries[r1 + i - 1];
      const x2 = (b[i - 2] - x0 * entries[r0 + i - 2] - x1 * entries[r1 + i - 2]) / entries[r2 + i - 2];
      const above = x0 * entries[r0 + i - 3] + x1 * entries[r1 + i - 3] + x2 * entries[r2 + i - 3];
      const x3 = (b[i - 3] - above) / entries[r3 + i - 3];
      b[i] = x0;
      b[i - 1] = x1;
      b[i - 2] = x2;
      b[i - 3] = x3;
      for (let j = 0; j < i - 3; j++) {
        b[j] -= x0 * entries[r0 + j] + x1 * entries[r1 + j] + x2 * entries[r2 + j] + x3 * entries[r3 + j];
      }
    }
    for (; i >= 0; i--) {
      const start = startOf(i);
      const value = b[i] / entries[start + i];
      b[i] = value;
      for (let j = 0; j < i; j++) b[j] -= value * entries[start + j];
    }
  }

  /** ½ ln det K. */
  logRoot(): number {
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += Math.log(this.#entries[startOf(i) + i]);
    return sum;
  }

  /**
   * K⁻¹, its lower half row by row.
   * @param scratch [size, size]
   */
  inverse(out: Float64Array, scratch: Float64Array): void {
    const n = this.size;
    const entries = this.#entries;
    scratch.fill(0);
    // Row i of the scratch is column i of L⁻¹, so that both factors of every inner product are read in order.
    for (let i = 0; i < n; i += 4) {
      const most = Math.min(n, i + 4);
      for (let k = i; k < n; k++) {
        const start = startOf(k);
        products(scratch, i, most, n, i, k, entries, start);
        const pivot = entries[start + k];
        for (let r = i; r < most; r++) scratch[r * n + k] = ((r === k ? 1 : 0) - SUMS[r - i]) / pivot;
      }
    }
    for (let i = 0; i < n; i++) {
      const row = startOf(i);
      for (let j = 0; j <= i; j += 4) {
        const most = Math.min(i + 1, j + 4);
        products(scratch, j, most, n, i, n, scratch, i * n);
        for (let r = j; r < most; r++) out[row + r] = SUMS[r - j];
      }
    }
  }
}

/** Entry j of the rows `from` to `to`, whose entries before it are there. */
function eliminate(entries: Float64Array, from: number, to: number, j: number): void {
  const own = startOf(j);
  const pivot = entries[own + j];
  let i = from;
  for (; i + 3 < to; i += 4) {
    const r0 = startOf(i);
    const r1 = r0 + i + 1;
    const r2 = r1 + i + 2;
    const r3 = r2 + i + 3;
    let s0 = entries[r0 + j];
    let s1 = entries[r1 + j];
    let s2 = entries[r2 + j];
    let s3 = entries[r3 + j];
    for (let k = 0; k < j; k++) {
      const x = entries[own + k];
      s0 -= entries[r0 + k] * x;
      s1 -= entries[r1 + k] * x;
      s2 -= entries[r2 + k] * x;
      s3 -= entries[r3 + k] * x;
    }
    entries[r0 + j] = s0 / pivot;
    entries[r1 + j] = s1 / pivot;
    entries[r2 + j] = s2 / pivot;
    entries[r3 + j] = s3 / pivot;
  }
  for (; i < to; i++) {
    const start = startOf(i);
    let s = entries[start + j];
    for (let k = 0; k < j; k++) s -= entries[start + k] * entries[own + k];
    entries[start + j] = s / pivot;
  }
}

const SUMS = new Float64Array(4);

/** Into SUMS: Σ_k rows[r][k] · other[k], from ≤ k < to, for up to four rows of a matrix. */
function products(
  rows: Float64Array,
  first: number,
  most: number,
  width: number,
  from: number,
  to: number,
  other: Float64Array,
  start: number,
): void {
  if (most - first < 4) {
    for (let r = first; r < most; r++) SUMS[r - first] = dot(rows, r * width + from, other, start + from, to - from);
    return;
  }
  const r0 = first * width;
  const r1 = r0 + width;
  const r2 = r1 + width;
  const r3 = r2 + width;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = from; k < to; k++) {
    const x = other[start + k];
    s0 += rows[r0 + k] * x;
    s1 += rows[r1 + k] * x;
    s2 += rows[r2 + k] * x;
    s3 += rows[r3 + k] * x;
  }
  SUMS[0] = s0;
  SUMS[1] = s1;
  SUMS[2] = s2;
  SUMS[3] = s3;
}

/** Σ_k f[a + k] g[b + k] over `count` entries; four sums at a time hide the latency of an addition. */
export function dot(f: Float64Array, a: number, g: Float64Array, b: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += f[a + k] * g[b + k];
    s1 += f[a + k + 1] * g[b + k + 1];
    s2 += f[a + k + 2] * g[b + k + 2];
    s3 += f[a + k + 3] * g[b + k + 3];
  }
  for (; k < count; k++) s0 += f[a + k] * g[b + k];
  return s0 + s1 + s2 + s3;
}
