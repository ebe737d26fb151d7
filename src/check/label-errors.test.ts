import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dealFolds } from "./folds.ts";
import { judgeLabels } from "./label-errors.ts";

describe("doubtful labels", () => {
  test("are those that reach another class's threshold, by margin", () => {
    const labels = Int32Array.of(0, 0, 0, 1, 1, 1);
    const probabilities = Float32Array.of(
      ...[0.9, 0.1, 0.8, 0.2, 0.05, 0.95], // the third looks like 1
      ...[0.1, 0.9, 0.3, 0.7, 0.6, 0.4], // the last looks like 0, below the threshold of 0: (0.9 + 0.8 + 0.05) / 3 = 0.583
    );
    const { suspects, ranking, agreement, skill } = judgeLabels(probabilities, labels, 2);
    expect(suspects.map(({ index, given, likely }) => ({ index, given, likely }))).toEqual([
      { index: 2, given: 0, likely: 1 },
      { index: 5, given: 1, likely: 0 },
    ]);
    expect(suspects[0].margin).toBeCloseTo(-0.9, 5);
    expect(suspects[0].probability).toBeCloseTo(0.95, 5);
    expect([...ranking]).toEqual([2, 5, 4, 1, 0, 3].sort((a, b) => [...ranking].indexOf(a) - [...ranking].indexOf(b)));
    expect([...ranking.subarray(0, 3)]).toEqual([2, 5, 4]);
    expect(agreement).toBeCloseTo(4 / 6, 10);
    expect(skill).toBeCloseTo(1 / 3, 10);
  });

  test("not one that another class gets with less than its own pictures usually do", () => {
    const probabilities = Float32Array.of(0.99, 0.01, 0.98, 0.02, 0.45, 0.55, 0.02, 0.98);
    const { suspects, ranking } = judgeLabels(probabilities, Int32Array.of(0, 0, 0, 1), 2);
    expect(suspects).toEqual([]);
    expect(ranking[0]).toBe(2);
  });

  test("a model that guesses has no skill, whatever the share of the largest class", () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 95 ? 0 : 1));
    const probabilities = Float32Array.from({ length: 200 }, (_, k) => (k % 2 === 0 ? 0.95 : 0.05));
    const { agreement, skill } = judgeLabels(probabilities, labels, 2);
    expect({ agreement, skill }).toEqual({ agreement: 0.95, skill: 0 });
  });
});

describe("folds", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 23 }), { minLength: 1, maxLength: 6 });

  test("each class is dealt evenly, and so is the whole", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 99 }), (counts, seed) => {
        const labels = Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
        const fold = dealFolds(labels, Int32Array.from(labels.keys()), 5, seed);
        const spread = (own: readonly number[]) => {
          const dealt = [0, 1, 2, 3, 4].map((k) => own.filter((i) => fold[i] === k).length);
          return Math.max(...dealt) - Math.min(...dealt);
        };
        const all = [...labels.keys()];
        for (const label of counts.keys())
          expect(spread(all.filter((i) => labels[i] === label))).toBeLessThanOrEqual(1);
        expect(spread(all)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("copies stay together; another seed deals anew", () => {
    const labels = new Int32Array(40);
    const groups = Int32Array.from({ length: 40 }, (_, i) => i % 10);
    const fold = dealFolds(labels, groups, 5, 1);
    for (let i = 10; i < 40; i++) expect(fold[i]).toBe(fold[i % 10]);
    expect([...dealFolds(labels, groups, 5, 1)]).toEqual([...fold]);
    expect([...dealFolds(labels, groups, 5, 2)]).not.toEqual([...fold]);
  });
});
