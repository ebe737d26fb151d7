import { CholeskyDecomposition, inverse, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { Random } from "../../core/index.ts";
import { Factor } from "./factor.ts";

const random = new Random(5, "factor");
const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());

/** A Aᵀ / n + I / 10 for a random A. */
function positive(size: number): number[][] {
  const a = Array.from({ length: size }, () => normals(size));
  const entry = (i: number, j: number) => a[i].reduce((sum, value, k) => sum + (value * a[j][k]) / size, 0);
  return a.map((_, i) => a.map((_, j) => entry(i, j) + (i === j ? 0.1 : 0)));
}

function write(factor: Factor, matrix: number[][], from: number, to: number): Factor {
  for (let i = from; i < to; i++) factor.row(i).set(matrix[i].slice(0, i + 1));
  expect(factor.complete(to)).toBe(true);
  return factor;
}

const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

// Blocks are 16 rows, of which four at a time: on both sides of all borders.
describe.each([1, 2, 3, 4, 5, 15, 16, 17, 31, 33, 50])("of size %d", (size) => {
  const matrix = positive(size);
  const oracle = new CholeskyDecomposition(new Matrix(matrix));
  const factor = write(new Factor(size), matrix, 0, size);

  test("solves like ml-matrix", () => {
    const b = normals(size);
    const x = Float64Array.from(b);
    const squares = factor.forward(x, 0, size);
    expect(squares).toBeCloseTo(
      x.reduce((sum, value) => sum + value * value, 0),
      10,
    );
    factor.backward(x);
    expect(apart(x, oracle.solve(Matrix.columnVector(b)).to1DArray())).toBeLessThan(1e-10);
  });

  test("solves in parts as at once", () => {
    const [whole, parts] = [normals(size), new Float64Array(size)];
    parts.set(whole);
    factor.forward(whole, 0, size);
    const cut = size >> 1;
    factor.forward(parts, 0, cut);
    factor.forward(parts, cut, size);
    expect(apart(whole, parts)).toBeLessThan(1e-12);
  });

  test("the inverse and the determinant are those of ml-matrix", () => {
    const out = new Float64Array((size * (size + 1)) / 2);
    factor.inverse(out, new Float64Array(size * size));
    const expected = inverse(new Matrix(matrix)).to2DArray();
    for (let i = 0, at = 0; i < size; i++) {
      for (let j = 0; j <= i; j++, at++) expect(Math.abs(out[at] - expected[i][j])).toBeLessThan(1e-9);
    }
    const diagonal = oracle.lowerTriangularMatrix.diagonal();
    expect(factor.logRoot()).toBeCloseTo(
      diagonal.reduce((sum, value) => sum + Math.log(value), 0),
      10,
    );
  });

  test("grown in steps it is the same, to the last bit", () => {
    let grown = new Factor(1);
    for (let i = 0; i < size; i++) grown = write(grown.grown(i, i + 1), matrix, i, i + 1);
    for (let i = 0; i < size; i++) expect(grown.row(i)).toEqual(factor.row(i));
  });

  test("the first rows solve alone", () => {
    const some = Math.ceil(size / 2);
    const x = normals(some);
    const b = Float64Array.from(x);
    factor.forward(x, 0, some);
    factor.backward(x, some);
    const part = new CholeskyDecomposition(new Matrix(matrix.slice(0, some).map((row) => row.slice(0, some))));
    expect(apart(x, part.solve(Matrix.columnVector(b)).to1DArray())).toBeLessThan(1e-10);
  });
});

test("a matrix that is not positive definite is no factor", () => {
  const factor = new Factor(2);
  factor.row(0).set([1]);
  factor.row(1).set([1, 1]);
  expect(factor.complete(2)).toBe(false);
});
