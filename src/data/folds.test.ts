import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeFolds } from "./folds.ts";

const data = fc
  .record({
    sizes: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 }),
    folds: fc.integer({ min: 2, max: 7 }),
    seed: fc.nat(),
  })
  .filter(({ sizes, folds }) => sizes.reduce((sum, size) => sum + size, 0) >= folds)
  .map(({ sizes, ...rest }) => {
    const labels = Int32Array.from(sizes.flatMap((size, label) => new Array<number>(size).fill(label)));
    return { ...rest, labels, classes: sizes.map((_, label) => `class ${label}`), pool: [...labels.keys()] };
  });

describe("folds", () => {
  test("hold every picture once, and each class and all of them within one picture of an equal share", () => {
    fc.assert(
      fc.property(data, (request) => {
        const { folds } = makeFolds(request);
        expect(folds).toHaveLength(request.folds);
        expect(folds.flatMap((fold) => [...fold]).sort((a, b) => a - b)).toEqual(request.pool);
        const within = (counts: number[]) => expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        within(folds.map((fold) => fold.length));
        for (const label of request.classes.keys()) {
          within(folds.map((fold) => fold.filter((i) => request.labels[i] === label).length));
        }
        expect(makeFolds(request).folds).toEqual(folds);
      }),
    );
  });

  test("never tear a group apart, and exceed the share of a class by its largest group at most", () => {
    fc.assert(
      fc.property(data, fc.integer({ min: 1, max: 5 }), (request, size) => {
        // Groups of one class: runs of the labels, which lie class by class.
        const ids = Int32Array.from(request.labels, (label, i) => 1000 * label + Math.floor(i / size));
        const names: string[] = [];
        fc.pre(new Set(ids).size >= request.folds);
        const { folds } = makeFolds({ ...request, grouping: { ids, names } });
        expect(folds.flatMap((fold) => [...fold]).sort((a, b) => a - b)).toEqual(request.pool);
        const own = folds.map((fold) => new Set(Array.from(fold, (i) => ids[i])));
        expect(own.reduce((sum, set) => sum + set.size, 0)).toBe(new Set(ids).size);
        for (const label of request.classes.keys()) {
          const total = request.labels.filter((other) => other === label).length;
          for (const fold of folds) {
            const count = fold.filter((i) => request.labels[i] === label).length;
            expect(count).toBeLessThanOrEqual(total / request.folds + size);
          }
        }
      }),
    );
  });

  test("deal the largest group first, so that small ones can make up for it", () => {
    const ids = Int32Array.of(0, 1, 2, 3, 4, 4, 4, 4);
    const request = { labels: new Int32Array(8), classes: ["a"], pool: [...ids.keys()], folds: 2 };
    for (const seed of [1, 2, 3, 4]) {
      const { folds } = makeFolds({ ...request, seed, grouping: { ids, names: [] } });
      expect(folds.map((fold) => fold.length)).toEqual([4, 4]);
    }
  });

  test("are others for another seed, and leave out what is not in the pool", () => {
    const labels = new Int32Array(40);
    const request = { labels, classes: ["a"], pool: [...labels.keys()].slice(10), folds: 3 };
    const one = makeFolds({ ...request, seed: 1 }).folds;
    expect(one).not.toEqual(makeFolds({ ...request, seed: 2 }).folds);
    expect(Math.min(...one.flatMap((fold) => [...fold]))).toBe(10);
  });

  test("name the classes that are too small", () => {
    const labels = Int32Array.from([0, 1, 1, 2, 2, 2, 2]);
    const { notes } = makeFolds({ labels, classes: ["a", "b", "c"], pool: [...labels.keys()], folds: 3, seed: 1 });
    expect(notes).toEqual([
      "Fewer than 3 pictures, so not in every fold: a, b",
      "Warning: one of the pictures only, so its fold is judged on a class it never saw: a",
    ]);
  });

  test.each([
    [1, "folds: is 1; give a whole number, 2 or more, such as 5"],
    [2.5, "folds: is 2.5"],
    [4, "folds: is 4, but there are 3 pictures; give fewer folds"],
  ])("%d of three pictures is refused", (folds, text) => {
    const attempt = () => makeFolds({ labels: new Int32Array(3), classes: ["a"], pool: [0, 1, 2], folds, seed: 1 });
    expect(attempt).toThrow(text);
  });
});
