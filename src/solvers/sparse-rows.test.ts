import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { sparseRows } from "./sparse-rows.ts";

const random = new Random(2, "sparse rows");
const list = (count: number, next: () => number) => Float64Array.from({ length: count }, next);

/** Rows written out in full, as entries that are not 0. */
function entriesOf(rows: readonly ArrayLike<number>[], width: number) {
  const entries = rows.map((row) => Array.from(row, (value, k) => [k, value]).filter(([, value]) => value !== 0));
  let total = 0;
  const starts = Int32Array.of(0, ...entries.map((row) => (total += row.length)));
  const all = entries.flat();
  return {
    starts,
    features: Int32Array.from(all, ([k]) => k),
    values: Float64Array.from(all, ([, value]) => value),
    width,
  };
}

describe.each([1, 2, 3, 4, 5, 9])("for %d classes", (classes) => {
  describe.each([true, false])("and a bias: %s", (bias) => {
    const [count, width] = [12, 6];
    const rows = Array.from({ length: count }, () =>
      list(width, () => (random.uniform() < 0.5 ? 0 : random.below(256))),
    );
    const affine = {
      scale: list(width, () => random.between(0.5, 2) / 255),
      shift: list(width, () => random.between(0, 200)),
    };
    // x = s (u − z), and 1 for the bias.
    const meant = rows.map((row) => [
      ...row.map((value, k) => affine.scale[k] * (value - affine.shift[k])),
      ...(bias ? [1] : []),
    ]);
    const visited = sparseRows(entriesOf(rows, width), classes, { ...affine, bias });
    const dense = new Float64Array((width + (bias ? 1 : 0)) * classes);
    for (let visit = 0; visit < 100; visit++) {
      const row = random.below(count);
      const number = 1 + random.below(classes);
      const chosen = random.shuffle(Int32Array.from({ length: classes }, (_, c) => c));
      const changes = list(classes, () => random.normal());
      visited.add(row, chosen, changes, number);
      for (let j = 0; j < number; j++) {
        meant[row].forEach((value, k) => {
          dense[k * classes + chosen[j]] += changes[j] * value;
        });
      }
    }
    const scoresOf = (row: number) =>
      Array.from({ length: classes }, (_, c) =>
        meant[row].reduce((total, value, k) => total + value * dense[k * classes + c], 0),
      );
    const near = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
      expect(actual.length).toBe(expected.length);
      for (let k = 0; k < expected.length; k++) expect(actual[k]).toBeCloseTo(expected[k], 9);
    };

    test("a hundred visits leave the weights that rows written out in full would", () =>
      near(visited.weights(), dense));

    test("the scores of a row, and of all rows, are those of these weights", async () => {
      const into = new Float64Array(classes);
      const all = await visited.allScores();
      for (let row = 0; row < count; row++) {
        visited.scores(row, into);
        near(into, scoresOf(row));
        near(all.subarray(row * classes, (row + 1) * classes), scoresOf(row));
      }
    });

    test("the squared norms are those of what is meant", () => {
      near(
        visited.squaredNorms,
        meant.map((row) => row.reduce((total, value) => total + value * value, 0)),
      );
    });
  });
});

describe("a row", () => {
  test("of many features that is its own shift but for rounding has the norm 0 as well", () => {
    for (let draw = 0; draw < 20; draw++) {
      const shift = list(30, () => random.uniform());
      const scale = list(30, () => random.uniform());
      const rows = [shift.map((value, k) => value * (1 + (k % 2 ? 1 : -1) * Number.EPSILON))];
      expect(sparseRows(entriesOf(rows, 30), 2, { scale, shift, bias: false }).squaredNorms[0]).toBe(0);
      expect(sparseRows(entriesOf(rows, 30), 2, { scale, shift, bias: true }).squaredNorms[0]).toBe(1);
    }
  });

  const affine = { scale: Float64Array.of(1 / 3, 0.7), shift: Float64Array.of(0.1, 0.3), bias: false };

  test("that is its own shift has the norm 0, not what rounding leaves", () => {
    const rows = sparseRows(
      entriesOf(
        [
          [0.1, 0.3],
          [0.1, 0.30001],
        ],
        2,
      ),
      2,
      affine,
    );
    expect(rows.squaredNorms[0]).toBe(0);
    expect(rows.squaredNorms[1]).toBeCloseTo(0.7e-5 ** 2, 15);
    expect(rows.squaredNorms[1]).toBeGreaterThan(0);
  });

  test("of nothing but zeros is visited like any other", () => {
    const rows = sparseRows(entriesOf([[0, 0]], 2), 1, affine);
    rows.add(0, Int32Array.of(0), Float64Array.of(2), 1);
    expect([...rows.weights()]).toEqual([-2 / 30, -0.42].map((value) => expect.closeTo(value, 14)));
  });
});

test("a feature with the scale 0 has the weight 0", () => {
  const rows = sparseRows(entriesOf([[5, 7]], 2), 1, {
    scale: Float64Array.of(0, 1),
    shift: Float64Array.of(5, 0),
    bias: false,
  });
  rows.add(0, Int32Array.of(0), Float64Array.of(1), 1);
  expect([...rows.weights()]).toEqual([0, 7]);
});

test("scores of all rows come from whoever can tell them faster, by the weights in hand", async () => {
  const asked: number[][] = [];
  const rows = sparseRows(
    entriesOf([[5, 7]], 2),
    1,
    { scale: Float64Array.of(1, 1), shift: new Float64Array(2), bias: true },
    async (w) => {
      asked.push([...w]);
      return Float64Array.of(42);
    },
  );
  rows.add(0, Int32Array.of(0), Float64Array.of(2), 1);
  expect([...(await rows.allScores())]).toEqual([42]);
  expect(asked).toEqual([[10, 14, 2]]);
});
