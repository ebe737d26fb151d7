/** Every regularizer of the catalogue: known values, slopes, the laws of projections, ONNX Runtime beside the reference. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { checkOptions, Random, sizeOf } from "../../src/core/index.ts";
import { type Graph, graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { elasticNet, l1, l2, maxNorm, type Regularizer, regularizers } from "../../src/regularizers/index.ts";
import { difference, runNative } from "./native.ts";

const catalogue = Object.entries(regularizers) as [string, Regularizer][];
const penalties = catalogue.filter(([, unit]) => unit.penalty);
const projections = catalogue.filter(([, unit]) => unit.project);

type Traced = { traced: Graph; feeds: Record<string, NDArray> };

/** The penalty or the projection of one tensor, with the scalars of some options as inputs. */
function trace(unit: Regularizer, options: object, weights: NDArray): Traced {
  const w = input("w", weights.shape) as Tensor;
  const numbers = Object.entries(unit.scalars({ ...unit.defaults, ...options }));
  const scalars = Object.fromEntries(numbers.map(([name]) => [name, input(name, []) as Tensor]));
  const outputs: Record<string, Tensor> = {};
  if (unit.penalty) {
    outputs.penalty = unit.penalty(w, scalars);
    outputs.slope = gradients(outputs.penalty, [w])[0];
  }
  if (unit.project) outputs.projected = unit.project(w, scalars);
  const values = numbers.map(([name, value]) => [name, { shape: [], data: Float64Array.of(value) }]);
  return { traced: graph(outputs), feeds: { w: weights, ...Object.fromEntries(values) } };
}
const run = (unit: Regularizer, options: object, weights: NDArray) => {
  const { traced, feeds } = trace(unit, options, weights);
  return evaluate(traced, feeds);
};
const row = (...weights: number[]): NDArray => ({ shape: [weights.length], data: Float64Array.from(weights) });
const penalty = (name: keyof typeof regularizers, options: object, ...weights: number[]) =>
  run(regularizers[name], options, row(...weights)).penalty.data[0];
const slope = (name: keyof typeof regularizers, options: object, ...weights: number[]) =>
  [...run(regularizers[name], options, row(...weights)).slope.data].map((v) => v + 0);
const project = (weights: NDArray, limit: number) => run(regularizers["max-norm"], { limit }, weights).projected;

const random = new Random(8, "regularizers");
const drawn = (shape: readonly number[], size: number): NDArray => ({
  shape: [...shape],
  data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(size * random.normal())),
});
/** Fully connected [in, out], convolution [filters, in, height, width], and a filter without an area. */
const shapes = [
  [6, 4],
  [4, 3, 3, 3],
  [3, 2, 5],
];

describe.each(catalogue)("regularizer %s", (name, unit) => {
  test("is listed by its name, leaves biases alone unless asked, and its defaults are within its ranges", () => {
    expect(unit.name).toBe(name);
    expect(unit.defaults.biases).toBe(false);
    expect(() => checkOptions("regularizer", unit, { ...unit.defaults, biases: true })).not.toThrow();
    expect(unit.penalty ?? unit.project).toBeDefined();
  });

  test.each(shapes)("ONNX Runtime agrees with the reference on [%i, %i, …]", async (...shape) => {
    const { traced, feeds } = trace(unit, {}, drawn(shape, 2));
    const [native, truth] = [await runNative(traced, feeds), evaluate(traced, feeds)];
    for (const key of Object.keys(truth))
      expect([key, difference(native[key], truth[key], 1e-5)]).toEqual([key, undefined]);
  });

  test("weights of 0 cost nothing, pull nowhere and stay", async () => {
    const { traced, feeds } = trace(unit, {}, { shape: [3, 2], data: new Float64Array(6) });
    for (const result of [evaluate(traced, feeds), await runNative(traced, feeds)]) {
      for (const { data } of Object.values(result)) expect([...data].every((value) => value === 0)).toBe(true);
    }
  });
});

describe.each(penalties)("penalty %s", (_, unit) => {
  const weights = drawn([2, 3], 1);

  test("is a scalar, not negative, and grows with its strength alone", () => {
    const [once, thrice] = [0.1, 0.3].map((strength) => run(unit, { strength }, weights).penalty);
    expect(once.shape).toEqual([]);
    expect(once.data[0]).toBeGreaterThan(0);
    expect(thrice.data[0]).toBeCloseTo(3 * once.data[0], 12);
    expect(run(unit, { strength: 0 }, weights).penalty.data[0]).toBe(0);
  });

  test("its slope agrees with differences", () => {
    const h = 1e-6;
    const at = (i: number, step: number) =>
      run(unit, { strength: 0.7 }, { ...weights, data: weights.data.map((v, j) => (i === j ? v + step : v)) }).penalty;
    run(unit, { strength: 0.7 }, weights).slope.data.forEach((value, i) => {
      expect(value).toBeCloseTo((at(i, h).data[0] - at(i, -h).data[0]) / (2 * h), 7);
    });
  });
});

describe("values", () => {
  test("lesson 9: one weight of 1 against four of a quarter", () => {
    const [one, spread] = [
      [1, 0, 0, 0],
      [0.25, 0.25, 0.25, 0.25],
    ];
    const costs = (name: keyof typeof regularizers, options: object) =>
      [one, spread].map((weights) => penalty(name, options, ...weights));
    expect(costs("l2", { strength: 1 })).toEqual([1, 0.25]);
    expect(costs("l1", { strength: 1 })).toEqual([1, 1]);
    expect(costs("elastic-net", { strength: 1, ratio: 0.5 })).toEqual([1, 0.625]);
  });

  test("slopes: 2λW without a factor ½, λ sign(W), and their mixture", () => {
    expect(slope("l2", { strength: 0.5 }, -2, 0, 0.5)).toEqual([-2, 0, 0.5]);
    expect(slope("l1", { strength: 0.5 }, -2, 0, 0.5)).toEqual([-0.5, 0, 0.5]);
    expect(slope("elastic-net", { strength: 1, ratio: 0.25 }, -2, 0, 0.5)).toEqual([-3.25, 0, 1]);
  });

  test("elastic-net is l2 at a ratio of 0, and hands both strengths to solvers by the names of l1 and l2", () => {
    const weights = [0.3, -2, 1.5];
    expect(penalty("elastic-net", { strength: 0.3, ratio: 0 }, ...weights)).toBeCloseTo(
      penalty("l2", { strength: 0.3 }, ...weights),
      12,
    );
    const unit = regularizers["elastic-net"] as Regularizer;
    const options = { ...unit.defaults, strength: 2, ratio: 0.25 };
    expect(unit.scalars(options)).toEqual({ l1: 0.5, l2: 1.5 });
  });

  test("max-norm: columns of [in, out], filters of [filters, in, height, width], and nothing of rank 1", () => {
    const columns = { shape: [2, 3], data: Float64Array.of(3, 0.3, 0, 4, 0.4, -10) };
    expect([...project(columns, 1).data].map((v) => Number(v.toFixed(12)))).toEqual([0.6, 0.3, 0, 0.8, 0.4, -1]);
    const filters = { shape: [2, 2, 1, 1], data: Float64Array.of(3, 4, 0.3, 0.4) };
    expect([...project(filters, 2).data].map((v) => Number(v.toFixed(12)))).toEqual([1.2, 1.6, 0.3, 0.4]);
    expect([...project(row(30, 40), 1).data]).toEqual([30, 40]);
  });

  test("the functions for users", () => {
    expect(l1(0.1, { biases: true }).options).toEqual({ strength: 0.1, biases: true });
    expect(l2().options).toEqual({ strength: 1e-4, biases: false });
    expect(elasticNet(0.1, { ratio: 0.3 }).options).toEqual({ strength: 0.1, ratio: 0.3, biases: false });
    expect(maxNorm(4).options).toEqual({ limit: 4, biases: false });
  });
});

describe.each(projections)("projection %s", (_, unit) => {
  const distance = (a: NDArray, b: NDArray) => Math.hypot(...a.data.map((v, i) => v - b.data[i]));

  describe.each(shapes)("on [%i, %i, …]", (...shape) => {
    const outside = drawn(shape, 3);
    const nearest = run(unit, {}, outside).projected;

    test("moves what is outside, keeps its shape, and done twice it is done once", () => {
      expect(nearest.shape).toEqual(shape);
      expect(distance(outside, nearest)).toBeGreaterThan(1);
      expect(difference(run(unit, {}, nearest).projected, nearest, 1e-12)).toBeUndefined();
    });

    test("leaves what is inside as it is, to the last bit", async () => {
      const inside = drawn(shape, 0.1);
      const { traced, feeds } = trace(unit, {}, inside);
      expect(evaluate(traced, feeds).projected.data).toEqual(inside.data);
      expect((await runNative(traced, feeds)).projected.data).toEqual(inside.data);
    });

    test("is the nearest of all points that are allowed", () => {
      for (let i = 0; i < 200; i++) {
        // What the projection returns is allowed by definition; points near the nearest one are the rivals to fear.
        const far = drawn(shape, 3);
        const near = { shape: far.shape, data: nearest.data.map((v, j) => v + 0.05 * far.data[j]) };
        for (const candidate of [far, near]) {
          const rival = run(unit, {}, candidate).projected;
          expect(distance(outside, rival)).toBeGreaterThanOrEqual(distance(outside, nearest) - 1e-9);
          // The angle at the nearest point of a convex set is obtuse: that is what makes it the nearest.
          const angle = nearest.data.reduce((acc, p, j) => acc + (outside.data[j] - p) * (rival.data[j] - p), 0);
          expect(angle).toBeLessThanOrEqual(1e-9);
        }
      }
    });
  });

  test("in float32, too, the norms stay within the limit", async () => {
    const { traced, feeds } = trace(unit, {}, drawn([50, 4], 1e4));
    const { data } = (await runNative(traced, feeds)).projected;
    const norms = [0, 1, 2, 3].map((c) => Math.hypot(...data.filter((_, i) => i % 4 === c)));
    for (const norm of norms) expect(norm).toBeCloseTo((unit.defaults as { limit?: number }).limit!, 5);
  });
});

test("docs/losses.md says when to choose which", () => {
  const text = readFileSync(new URL("../../docs/losses.md", import.meta.url), "utf8");
  expect(catalogue.filter(([name]) => !text.includes(`\n| \`${name}\` |`))).toEqual([]);
});
