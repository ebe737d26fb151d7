import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { type Dual, duals } from "./duals.ts";

interface Row {
  readonly classes: number;
  readonly label: number;
  readonly size: number;
  readonly cost: number;
  readonly margin: number;
}

/** The dual of one row, whose scores are `base` + ‖x‖² · coefficients, with the coefficients kept beside it. */
function rowOf(name: string, { classes, label, size, cost, margin }: Row, base: readonly number[]) {
  const dual: Dual = duals[name]({
    labels: Int32Array.of(label),
    classes,
    squaredNorms: Float64Array.of(size),
    costs: Float64Array.of(cost),
    margin,
  });
  const coefficients = new Float64Array(classes);
  const scores = () => Float64Array.from(base, (value, c) => value + size * coefficients[c]);
  const improve = () => {
    const number = dual.improve(0, label, scores());
    for (let j = 0; j < number; j++) coefficients[dual.classes[j]] += dual.changes[j];
    return number;
  };
  const violation = () => dual.violation(0, label, scores(), 0);
  return { dual, coefficients, scores, improve, violation };
}

const rows = fc
  .record({
    classes: fc.integer({ min: 2, max: 7 }),
    at: fc.nat(),
    size: fc.constantFrom(1e-3, 0.5, 3, 784),
    cost: fc.constantFrom(1e-4, 0.1, 1, 50),
    margin: fc.constantFrom(0, 0.3, 1, 2),
    seed: fc.nat(),
  })
  .map(({ classes, at, seed, ...rest }) => {
    const random = new Random(seed, "scores");
    return {
      row: { classes, label: at % classes, ...rest },
      base: Array.from({ length: classes }, () => 2 * random.normal()),
      random,
    };
  });
const check = (law: (instance: ReturnType<typeof drawn>) => void) =>
  fc.assert(fc.property(rows, law), { numRuns: 400, seed: 11 });
/** The type of an instance. */
const drawn = () => fc.sample(rows, 1)[0];

describe("Crammer and Singer", () => {
  /** What a row's α minimise: ½ ‖x‖² Σ α² + Σ α (base + margin off the label). */
  const objective = ({ size, label, margin }: Row, base: readonly number[], alpha: ArrayLike<number>) =>
    base.reduce(
      (total, value, c) => total + 0.5 * size * alpha[c] ** 2 + alpha[c] * (value + (c === label ? 0 : margin)),
      0,
    );

  /** The same projection by bisection on the multiplier, without any sorting. */
  function projected({ size, label, cost, margin, classes }: Row, base: readonly number[]): number[] {
    const at = (beta: number) =>
      Array.from({ length: classes }, (_, c) =>
        Math.min(c === label ? cost : 0, (beta - base[c] - (c === label ? 0 : margin)) / size),
      );
    let [low, high] = [-1e6, 1e6];
    for (let k = 0; k < 200; k++) {
      const middle = (low + high) / 2;
      if (at(middle).reduce((a, b) => a + b) < 0) low = middle;
      else high = middle;
    }
    return at(high);
  }

  test("the subproblem of a row is the projection, as bisection finds it", () => {
    check(({ row, base }) => {
      const { coefficients, improve } = rowOf("crammer-singer", row, base);
      improve();
      const exact = projected(row, base);
      exact.forEach((value, c) => {
        // Bisection itself is as exact as β beside the size of the row.
        expect(Math.abs(coefficients[c] - value)).toBeLessThan(1e-9 * row.cost + 1e-14 / row.size);
      });
    });
  });

  test("no other α within the bounds are better", () => {
    check(({ row, base, random }) => {
      const { coefficients, improve } = rowOf("crammer-singer", row, base);
      improve();
      const least = objective(row, base, coefficients);
      for (let k = 0; k < 20; k++) {
        // Rivals at or below 0, the label what makes the sum 0, and no more than the cost.
        const other = base.map((_, c) => (c === row.label ? 0 : -random.uniform()));
        const sum = -other.reduce((a, b) => a + b);
        const share = (row.cost * random.uniform()) / sum;
        const alpha = other.map((value, c) => share * (c === row.label ? sum : value));
        expect(least).toBeLessThanOrEqual(objective(row, base, alpha) + 1e-12 * (1 + Math.abs(least)));
      }
    });
  });

  test("the α of a row sum to 0 and keep their bounds, from any place that they are at", () => {
    check(({ row, base, random }) => {
      const shifting = [...base];
      const { coefficients, improve } = rowOf("crammer-singer", row, shifting);
      for (let k = 0; k < 5; k++) {
        improve();
        expect(Math.abs(coefficients.reduce((a, b) => a + b, 0))).toBeLessThan(1e-12 * row.cost);
        coefficients.forEach((value, c) => {
          expect(value).toBeLessThanOrEqual((c === row.label ? row.cost : 0) + 1e-14 * row.cost);
        });
        // Other rows have been visited meanwhile.
        shifting.forEach((_, c) => {
          shifting[c] += random.normal();
        });
      }
    });
  });

  test("a cost that is nothing beside the scores is still given out whole", () => {
    const { coefficients, improve } = rowOf(
      "crammer-singer",
      { classes: 3, label: 0, size: 784, cost: 1e-21, margin: 1 },
      [0.3, 0.5, -0.1],
    );
    improve();
    expect([...coefficients]).toEqual([1e-21, -1e-21, 0]);
  });

  test("its loss is that of the strongest rival", () => {
    const { dual } = rowOf("crammer-singer", { classes: 3, label: 2, size: 1, cost: 1, margin: 1 }, [0, 0, 0]);
    // Offset by one row: [2.2, 2.5, −3.1] with the label 2.
    expect(dual.loss(2, Float64Array.of(9, 9, 9, 2.2, 2.5, -3.1), 3)).toBeCloseTo(6.6, 12);
    expect(dual.loss(2, Float64Array.of(0, 0, 1), 0)).toBe(0);
  });
});

describe.each(Object.keys(duals))("%s", (name) => {
  test("a row that was just improved violates nothing, and is not changed again", () => {
    check(({ row, base }) => {
      const { improve, violation, dual, scores } = rowOf(name, row, base);
      improve();
      expect(violation()).toBeLessThan(1e-9 * (1 + row.size * row.cost));
      const linear = dual.linear();
      const before = scores();
      improve();
      before.forEach((value, c) => {
        expect(scores()[c]).toBeCloseTo(value, 8);
      });
      expect(dual.linear()).toBeCloseTo(linear, 8);
    });
  });

  test("for one row the dual meets the primal: ½ ‖w‖² + C L = linear − ½ ‖w‖²", () => {
    check(({ row }) => {
      const { improve, dual, coefficients, scores } = rowOf(name, row, new Array(row.classes).fill(0));
      improve();
      const half = 0.5 * row.size * coefficients.reduce((total, value) => total + value * value, 0);
      const primal = half + row.cost * dual.loss(row.label, scores(), 0);
      expect(primal).toBeGreaterThanOrEqual(dual.linear() - half - 1e-12);
      expect(Math.abs(primal - (dual.linear() - half))).toBeLessThan(
        1e-9 * (1e-3 + primal) + 1e-14 * row.cost ** 2 * row.size,
      );
    });
  });

  test("a row that costs nothing has nothing to improve, and adds nothing", () => {
    const row = { classes: 3, label: 1, size: 2, cost: 0, margin: 1 };
    const { violation, dual } = rowOf(name, row, [1, -2, 3]);
    expect(violation()).toBe(0);
    expect(dual.linear()).toBe(0);
  });

  test("a row of zeros gets all that it can, once: its loss is the same for every w", () => {
    const row = { classes: 4, label: 1, size: 0, cost: 0.5, margin: 2 };
    const { violation, dual, improve, coefficients, scores } = rowOf(name, row, [0, 0, 0, 0]);
    expect(violation()).toBeGreaterThan(0);
    improve();
    expect(coefficients.every(Number.isFinite)).toBe(true);
    expect(violation()).toBe(0);
    expect(dual.linear()).toBeCloseTo(row.cost * dual.loss(row.label, scores(), 0), 12);
    expect(improve()).toBe(0);
  });
});
