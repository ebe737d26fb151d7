import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancedOrder, balanceWeights, rareClasses } from "./balance.ts";

const labels = Int32Array.from([...new Array(90).fill(0), ...new Array(9).fill(1), 2]);
const all = Int32Array.from(labels.keys());

describe("weights of classes", () => {
  test("are n / (classes · count), so each class weighs the same in all", () => {
    const weights = balanceWeights(all, labels, 3);
    expect(weights).toEqual([100 / 270, 100 / 27, 100 / 3]);
    expect(weights[0]! * 90).toBeCloseTo(weights[2]!);
  });

  test("pass over a class without training pictures", () => {
    expect(balanceWeights(all.subarray(0, 99), labels, 3)).toEqual([99 / 180, 99 / 18, 1]);
  });

  test("rare is less than half of an equal share", () => {
    expect(rareClasses(all, labels, 3)).toEqual([
      { label: 1, count: 9 },
      { label: 2, count: 1 },
    ]);
    expect(rareClasses(Int32Array.of(0, 1, 90, 91), labels, 3)).toEqual([]);
  });
});

describe("a balanced epoch", () => {
  const counts = (order: Int32Array, of: Int32Array) => {
    const found = new Map<number, number>();
    for (const i of order) found.set(of[i]!, (found.get(of[i]!) ?? 0) + 1);
    return found;
  };

  test("has as many pictures as the plain one, equally many of each class, each as often as its fellows", () => {
    const draw = fc.record({
      train: fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1 }),
      seed: fc.nat(),
      epoch: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(draw, ({ train, seed, epoch }) => {
        const indices = Int32Array.from(train);
        const order = balancedOrder(indices, labels, seed, epoch);
        expect(order).toHaveLength(train.length);
        const classes = new Set(train.map((i) => labels[i]!));
        const found = counts(order, labels);
        expect(new Set(found.keys())).toEqual(classes);
        const each = [...found.values()];
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
        const byPicture = counts(order, Int32Array.from(labels.keys()));
        for (const label of classes) {
          const times = train.filter((i) => labels[i] === label).map((i) => byPicture.get(i) ?? 0);
          expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
        }
        for (const i of order) expect(train).toContain(i);
        expect(balancedOrder(indices, labels, seed, epoch)).toEqual(order);
      }),
    );
  });

  test("is another for another seed and another epoch, and mixes the classes", () => {
    const order = balancedOrder(all, labels, 1, 1);
    expect(balancedOrder(all, labels, 1, 2)).not.toEqual(order);
    expect(balancedOrder(all, labels, 2, 1)).not.toEqual(order);
    const runs = order.reduce((sum, i, at) => sum + (at > 0 && labels[i] !== labels[order[at - 1]!] ? 1 : 0), 0);
    expect(runs).toBeGreaterThan(40);
  });
});
