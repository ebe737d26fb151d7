import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BINS,
  balancedAccuracy,
  calibrationError,
  classFigures,
  confusionMatrix,
  figuresOf,
  logLoss,
  macroF1,
  reliabilityCurve,
  topK,
  wilson,
} from "./index.ts";

/** Rows that say each class with certainty. */
const said = (classes: number, answers: readonly number[]) =>
  Float64Array.from({ length: answers.length * classes }, (_, k) =>
    Number(answers[Math.floor(k / classes)] === k % classes),
  );

const classesOf = (truths: readonly number[], answers: readonly number[], classes = 3) =>
  classFigures(confusionMatrix(said(classes, answers), truths, classes));

describe("Wilson's interval", () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i is Newcombe's", (right, total, low, high) => {
    const interval = wilson(right, total);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test("is everything without a trial", () => expect(wilson(0, 0)).toEqual({ low: 0, high: 1 }));

  test("holds the share, stays in [0, 1], mirrors, and its ends are 1.96 deviations away", () => {
    const trials = fc
      .integer({ min: 1, max: 1e6 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(trials, ([right, total]) => {
        const { low, high } = wilson(right, total);
        const share = right / total;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(share);
        expect(high).toBeGreaterThanOrEqual(share);
        expect(high - low).toBeGreaterThan(0);
        const mirrored = wilson(total - right, total);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
        for (const [p, inside] of [
          [low, right > 0],
          [high, right < total],
        ] as const) {
          if (inside) expect(Math.abs(share - p) / Math.sqrt((p * (1 - p)) / total)).toBeCloseTo(1.95996398, 5);
        }
      }),
    );
  });
});

describe("precision, recall and F1", () => {
  // The examples in scikit-learn's own documentation of classification_report, f1_score and balanced_accuracy_score.
  test("are scikit-learn's", () => {
    const report = classesOf([0, 1, 2, 2, 2], [0, 0, 2, 2, 1]);
    expect(report.map(({ precision }) => precision)).toEqual([0.5, 0, 1]);
    expect(report.map(({ recall }) => recall)).toEqual([1, 0, 2 / 3]);
    expect(report.map(({ f1 }) => f1?.toFixed(2))).toEqual(["0.67", "0.00", "0.80"]);
    expect(report.map(({ count }) => count)).toEqual([1, 1, 3]);
    expect(macroF1(report)).toBeCloseTo(0.49, 2);
    const other = classesOf([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]);
    expect(other.map(({ f1 }) => f1)).toEqual([0.8, 0, 0]);
    expect(macroF1(other)).toBeCloseTo(0.266666, 5);
    expect(balancedAccuracy(classesOf([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1], 2))).toBe(0.625);
  });

  test("of a class that is never predicted, that does not occur, and neither", () => {
    const [first, missed, invented, unknown] = classesOf([0, 0, 1], [0, 2, 0], 4);
    expect(first).toEqual({ count: 2, predicted: 2, precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(missed).toEqual({ count: 1, predicted: 0, precision: null, recall: 0, f1: 0 });
    expect(invented).toEqual({ count: 0, predicted: 1, precision: 0, recall: null, f1: 0 });
    expect(unknown).toEqual({ count: 0, predicted: 0, precision: null, recall: null, f1: null });
    const all = [first!, missed!, invented!, unknown!];
    expect(balancedAccuracy(all)).toBe(0.25);
    expect(macroF1(all)).toBeCloseTo(0.5 / 3, 12);
  });
});

test("top-k is scikit-learn's, and of equals the first goes before", () => {
  const p = [0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1];
  expect(topK(p, [0, 1, 2, 2], 3, 2)).toBe(0.75);
  expect(topK(p, [0, 1, 2, 2], 3, 1)).toBe(0.5);
  expect([1, 2, 3].map((k) => topK([0.4, 0.2, 0.4], [2], 3, k))).toEqual([0, 1, 1]);
});

test("the log loss is scikit-learn's", () => {
  expect(logLoss([0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65], [1, 0, 0, 1], 2)).toBeCloseTo(0.21616, 5);
});

describe("calibration", () => {
  test("by hand: two bins, one of them too sure", () => {
    // Four say 0.9 and three of them are right; two say 0.6 (the upper end of its bin) and one is right.
    const p = [0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9, 0.6, 0.4, 0.4, 0.6];
    const curve = reliabilityCurve(p, [0, 0, 0, 0, 0, 0], 2);
    expect(curve).toHaveLength(BINS);
    const filled = curve.flatMap((bin, i) => (bin.count > 0 ? [{ ...bin, i }] : []));
    expect(filled).toEqual([
      { i: 8, from: 8 / 15, to: 0.6, count: 2, confidence: 0.6, accuracy: 0.5 },
      { i: 13, from: 13 / 15, to: 14 / 15, count: 4, confidence: 0.9, accuracy: 0.75 },
    ]);
    expect(calibrationError(curve)).toBeCloseTo((2 * 0.1 + 4 * 0.15) / 6, 12);
    expect(curve[0]).toEqual({ from: 0, to: 1 / 15, count: 0, confidence: null, accuracy: null });
  });

  test("the certain and right are calibrated, the certain and wrong are not at all", () => {
    expect(calibrationError(reliabilityCurve(said(3, [0, 1, 2]), [0, 1, 2], 3))).toBe(0);
    expect(calibrationError(reliabilityCurve(said(3, [0, 1, 2]), [1, 2, 0], 3))).toBe(1);
  });
});

describe("all figures", () => {
  const rows = fc.integer({ min: 2, max: 8 }).chain((classes) =>
    fc.record({
      classes: fc.constant(classes),
      rows: fc.array(
        fc.record({
          scores: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: classes, maxLength: classes }),
          label: fc.integer({ min: 0, max: classes - 1 }),
        }),
        { minLength: 1, maxLength: 40 },
      ),
    }),
  );
  const figures = (some: { readonly scores: readonly number[]; readonly label: number }[], classes: number) => {
    const p = some.flatMap(({ scores }) => {
      const total = scores.reduce((a, b) => a + b, 0);
      return scores.map((score) => score / total);
    });
    return figuresOf(
      Float64Array.from(p),
      Int32Array.from(some, ({ label }) => label),
      classes,
    );
  };

  test("agree with each other", () => {
    fc.assert(
      fc.property(rows, ({ classes, rows: some }) => {
        const all = figures(some, classes);
        const { images, accuracy, interval, perClass, confusion, reliability, topK: top } = all;
        expect(images).toBe(some.length);
        expect(accuracy).toBe(
          topK(
            some.flatMap(({ scores }) => scores),
            some.map(({ label }) => label),
            classes,
            1,
          ),
        );
        expect(interval.low <= accuracy && accuracy <= interval.high).toBe(true);
        expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(images);
        // The accuracy is the mean recall, each class weighted with its size, and the mean accuracy of the bins.
        const byClass = perClass.reduce((sum, { count, recall }) => sum + count * (recall ?? 0), 0);
        expect(byClass / images).toBeCloseTo(accuracy, 12);
        const byBin = reliability.reduce((sum, { count, accuracy: own }) => sum + count * (own ?? 0), 0);
        expect(byBin / images).toBeCloseTo(accuracy, 12);
        expect(reliability.reduce((sum, { count }) => sum + count, 0)).toBe(images);
        for (const { from, to, confidence } of reliability) {
          if (confidence === null) continue;
          expect(confidence).toBeGreaterThan(from - 1e-12);
          expect(confidence).toBeLessThan(to + 1e-12);
        }
        for (const { precision, recall, f1 } of perClass) {
          if (!precision || !recall) continue;
          expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
        }
        expect(top.map(({ k }) => k)).toEqual([3, 5].filter((k) => k < classes));
        const rising = [accuracy, ...top.map((one) => one.accuracy), 1];
        expect(rising).toEqual(rising.toSorted((a, b) => a - b));
      }),
    );
  });

  test("do not depend on the order of the rows", () => {
    fc.assert(
      fc.property(rows, ({ classes, rows: some }) => {
        const [one, other] = [figures(some, classes), figures(some.toReversed(), classes)];
        expect(other.confusion).toEqual(one.confusion);
        expect(other.perClass).toEqual(one.perClass);
        for (const name of ["accuracy", "loss", "calibrationError"] as const)
          expect(other[name]).toBeCloseTo(one[name], 12);
      }),
    );
  });
});
