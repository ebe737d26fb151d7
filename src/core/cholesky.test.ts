import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { Cholesky } from "./cholesky.ts";
import { Random } from "./random.ts";
import { UsageError } from "./usage-error.ts";

const random = new Random(5, "cholesky");
const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());

/** A Aᵀ / n + I / 10 for a random A: symmetric and positive definite. */
function positive(size: number): Float64Array {
  const a = normals(size * size);
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [i, k] = [Math.floor(at / size), at % size];
    let total = i === k ? 0.1 : 0;
    for (let j = 0; j < size; j++) total += (a[i * size + j] * a[k * size + j]) / size;
    return total;
  });
}

const largest = (values: ArrayLike<number>) => Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  largest(Array.from(a, (value, k) => value - b[k])) / largest(b);

// Blocks are 16 rows: on both sides of their borders, and past the second one.
describe.each([1, 2, 3, 15, 16, 17, 32, 33, 50])("of size %d", (size) => {
  const a = positive(size);
  const oracle = new CholeskyDecomposition(Matrix.from1DArray(size, size, a));

  test.each([1, 3])("solves for %d columns like ml-matrix", (columns) => {
    const b = normals(size * columns);
    const x = new Cholesky(a, size).solve(b, columns);
    expect(apart(x, oracle.solve(Matrix.from1DArray(size, columns, b)).to1DArray())).toBeLessThan(1e-10);
  });

  test("gives back what the matrix was multiplied with", () => {
    const x = normals(size);
    const b = Float64Array.from({ length: size }, (_, i) =>
      x.reduce((total, value, k) => total + a[i * size + k] * value, 0),
    );
    expect(apart(new Cholesky(a, size).solve(b), x)).toBeLessThan(1e-10);
  });

  test("reads the lower half alone, and changes neither the matrix nor the right-hand side", () => {
    const lower = a.map((value, at) => (at % size > Math.floor(at / size) ? Number.NaN : value));
    const [copy, b] = [lower.slice(), normals(size)];
    const right = b.slice();
    const x = new Cholesky(lower, size).solve(b);
    expect(apart(x, new Cholesky(a, size).solve(b))).toBe(0);
    expect(lower).toEqual(copy);
    expect(b).toEqual(right);
  });
});

describe("a matrix is refused", () => {
  const refused = (matrix: ArrayLike<number>, row: number) => {
    const size = Math.sqrt(matrix.length);
    const make = () => new Cholesky(Float64Array.from(matrix), size);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(`Cholesky: row ${row} depends on the rows before it`);
  };

  test("when it is 0, negative, or no number", () => {
    refused([0], 0);
    refused([-1], 0);
    refused([Number.NaN], 0);
    refused([Number.POSITIVE_INFINITY], 0);
  });

  test("when it is indefinite", () => refused([1, 2, 2, 1], 1));

  test("when a row is another one, though rounding leaves a little", () => {
    // A row of thirds: products of it with itself are rounded.
    const u = [1 / 3, 0.7, 1 / 7];
    const gram = [0, 1, 2].flatMap((i) => [0, 1, 2].map((k) => u[i] * u[k]));
    refused(gram, 1);
  });

  test.each([15, 16, 17, 40])("of rank %d, at the row after", (rank) => {
    const size = rank + 1;
    // Rows near to the axes and one more: the part before it is well-conditioned, so that rounding stays small there.
    const a = normals(size * rank).map((value, at) => 0.1 * value + (Math.floor(at / rank) === at % rank ? 1 : 0));
    const dot = (i: number, k: number) => {
      let total = 0;
      for (let j = 0; j < rank; j++) total += a[i * rank + j] * a[k * rank + j];
      return total;
    };
    refused(
      Float64Array.from({ length: size * size }, (_, at) => dot(Math.floor(at / size), at % size)),
      rank,
    );
  });
});

test("pivots count beside their own row: units that differ by 10³⁰ between features are no reason to refuse", () => {
  const units = [1e-15, 1, 1e15];
  const base = positive(3);
  const scaled = base.map((value, at) => value * units[Math.floor(at / 3)] * units[at % 3]);
  const x = new Cholesky(scaled, 3).solve(Float64Array.of(1e-15, 1, 1e15));
  const plain = new Cholesky(base, 3).solve(Float64Array.of(1, 1, 1));
  expect(
    apart(
      x.map((value, k) => value * units[k]),
      plain,
    ),
  ).toBeLessThan(1e-12);
});
