/** Losses, regularizers and schedules of the catalogues: known values, slopes against differences, laws. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { Random } from "../../src/core/index.ts";
import { graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import { type Loss, losses } from "../../src/losses/index.ts";
import { mean, mul, sum } from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "./native.ts";

const catalogue = Object.entries(losses) as [string, Loss][];

/** The losses of rows of scores, and the slope of their sum. */
async function run(unit: Loss, rows: number[][], labels: number[], options: object = unit.defaults) {
  const scores = input("scores", [rows.length, rows[0].length]);
  const y = input("labels", [labels.length], { dtype: "int32" });
  const perExample = unit.perExample(options, scores as Tensor, y as Tensor);
  const [slope] = gradients(sum(perExample), [scores as Tensor]);
  const traced = graph({ perExample, slope }, [scores, y]);
  const feeds = {
    scores: { shape: scores.shape, data: Float64Array.from(rows.flat()) },
    labels: { shape: y.shape, data: Float64Array.from(labels) },
  };
  return { truth: evaluate(traced, feeds), native: await runNative(traced, feeds), traced, feeds, perExample };
}
const values = async (name: keyof typeof losses, rows: number[][], labels: number[], options?: object) => {
  const unit = losses[name] as Loss;
  return [...(await run(unit, rows, labels, options ?? unit.defaults)).truth.perExample.data];
};
const rounded = (digits: number, list: number[]) => list.map((v) => Number(v.toFixed(digits)));
const times = (factor: number, rows: number[][]) => rows.map((row) => row.map((v) => factor * v));

/** Lesson 7 of the Lab: three pictures of a cat, a car and a frog, with their scores for (cat, car, frog). */
const pictures = [
  [3.2, 5.1, -1.7],
  [1.3, 4.9, 2.0],
  [2.2, 2.5, -3.1],
];
const truths = [0, 1, 2];

describe("known values", () => {
  test("hinge: 2.9, 0, 12.9, mean 5.27", async () => {
    expect(rounded(9, await values("hinge", pictures, truths))).toEqual([2.9, 0, 12.9]);
    expect((2.9 + 0 + 12.9) / 3).toBeCloseTo(5.27, 2);
  });
  test("hinge: the car's own score may fall by 1.9 before its picture costs anything", async () => {
    const car = (score: number) => values("hinge", [[1.3, score, 2.0]], [1]);
    expect(await car(3.01)).toEqual([0]);
    expect((await car(2.9))[0]).toBeCloseTo(0.1, 12);
  });
  test("squared hinge: 8.41, 0, 83.25, mean 30.55", async () => {
    const costs = await values("squared-hinge", pictures, truths);
    expect(rounded(2, costs)).toEqual([8.41, 0, 83.25]);
    expect(costs.reduce((a, b) => a + b) / 3).toBeCloseTo(30.55, 2);
  });
  test("cross-entropy: 2.04, 0.079, 6.16", async () => {
    const costs = await values("cross-entropy", pictures, truths);
    expect(rounded(2, costs)).toEqual([2.04, 0.08, 6.16]);
    expect(costs[1]).toBeCloseTo(0.079, 3);
    expect(Math.exp(-costs[0])).toBeCloseTo(0.13, 2);
  });
  test("one picture, two judges: hinge 1.58, cross-entropy 1.04", async () => {
    const scores = [[-2.85, 0.86, 0.28]];
    expect(rounded(2, await values("hinge", scores, [2]))).toEqual([1.58]);
    expect(rounded(2, await values("cross-entropy", scores, [2]))).toEqual([1.04]);
  });
  test("twice the weights: hinge 4.8, 0, 23.8; cross-entropy 3.82, 0.0038", async () => {
    expect(rounded(9, await values("hinge", times(2, pictures), truths))).toEqual([4.8, 0, 23.8]);
    const costs = await values("cross-entropy", times(2, pictures), truths);
    expect(rounded(2, [costs[0]])).toEqual([3.82]);
    expect(rounded(4, [costs[1]])).toEqual([0.0038]);
  });
  test("mse against one-hot targets", async () => {
    expect(
      await values(
        "mse",
        [
          [1, 0, 0],
          [2, 0, 1],
        ],
        [0, 1],
      ),
    ).toEqual([0, (4 + 1 + 1) / 3]);
  });
  test("the margin is an option", async () => {
    expect(rounded(9, await values("hinge", pictures, truths, { margin: 2 }))).toEqual([3.9, 0, 14.9]);
    expect(rounded(9, await values("squared-hinge", [[0, 0, 0]], [0], { margin: 2 }))).toEqual([8]);
  });
});

test("the slope of the hinge: 1 for each class inside the margin, minus their number for the truth", async () => {
  const { truth } = await run(losses.hinge as Loss, [...pictures, [0, 0, 0]], [...truths, 1]);
  expect([...truth.slope.data].map((v) => v + 0)).toEqual([-1, 1, 0, 0, 0, 0, 1, 1, -2, 1, -2, 1]);
});

test("the slope of the cross-entropy is p − 1 at the truth and p elsewhere", async () => {
  const { truth } = await run(losses["cross-entropy"] as Loss, [[Math.log(2), 0, 0]], [0]);
  expect(difference(truth.slope, { shape: [1, 3], data: Float64Array.of(-0.5, 0.25, 0.25) }, 1e-12)).toBeUndefined();
});

describe.each(catalogue)("%s", (name, unit) => {
  const random = new Random(5, `loss ${name}`);
  const rows = Array.from({ length: 6 }, () => Array.from({ length: 4 }, () => Math.fround(random.between(-2, 2))));
  const labels = [0, 1, 2, 3, 1, 2];

  test("is listed by its name, and gives one value for each example", async () => {
    expect(unit.name).toBe(name);
    const { perExample, truth } = await run(unit, rows, labels);
    expect(perExample.shape).toEqual([6]);
    expect(truth.perExample.data.every((v) => v >= 0)).toBe(true);
  });

  test("the slope agrees with differences", async () => {
    const { truth, traced, feeds } = await run(unit, rows, labels);
    const direction = rows.flat().map(() => random.normal());
    const at = (h: number): NDArray => ({
      shape: feeds.scores.shape,
      data: feeds.scores.data.map((v, i) => v + h * direction[i]),
    });
    const total = (h: number) =>
      evaluate(traced, { ...feeds, scores: at(h) }).perExample.data.reduce((a, b) => a + b, 0);
    const slope = truth.slope.data.reduce((acc, v, i) => acc + v * direction[i], 0);
    expect(slope).toBeCloseTo((total(1e-5) - total(-1e-5)) / 2e-5, 7);
  });

  test("ONNX Runtime agrees with the reference, slope included", async () => {
    const { truth, native } = await run(unit, rows, labels);
    for (const key of ["perExample", "slope"]) expect(difference(native[key], truth[key], 1e-5)).toBeUndefined();
  });

  test("renaming the classes changes nothing", async () => {
    const order = [2, 0, 3, 1];
    const { truth: plain } = await run(unit, rows, labels);
    const { truth: renamed } = await run(
      unit,
      rows.map((row) => order.map((c) => row[c])),
      labels.map((label) => order.indexOf(label)),
    );
    expect(difference(renamed.perExample, plain.perExample, 1e-12)).toBeUndefined();
    const back = rows.flatMap((_, i) => [0, 1, 2, 3].map((c) => renamed.slope.data[i * 4 + order.indexOf(c)]));
    expect(difference({ shape: [6, 4], data: Float64Array.from(back) }, plain.slope, 1e-12)).toBeUndefined();
  });

  test("an example's loss depends on no other example", async () => {
    const { truth } = await run(unit, rows, labels);
    const { truth: alone } = await run(unit, [rows[4]], [labels[4]]);
    expect(alone.perExample.data[0]).toBeCloseTo(truth.perExample.data[4], 12);
  });

  test("finite at ±1e4, with finite slopes, on ONNX Runtime too", async () => {
    const huge = [
      [1e4, -1e4, 0, 1e4],
      [-1e4, 1e4, 1e4, 0],
    ];
    const { truth, native } = await run(unit, huge, [1, 2]);
    for (const result of [truth, native]) {
      for (const { data } of Object.values(result)) expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  test.each([2, 10])("initial() is the loss of scores of 0 among %i classes", async (classes) => {
    const { truth } = await run(unit, [Array(classes).fill(0)], [1]);
    expect(unit.initial(unit.defaults, classes).value).toBeCloseTo(truth.perExample.data[0], 12);
    if ("margin" in unit.defaults) {
      const { truth: wide } = await run(unit, [Array(classes).fill(0)], [1], { margin: 3 });
      expect(unit.initial({ margin: 3 }, classes).value).toBeCloseTo(wide.perExample.data[0], 12);
    }
  });
});

test("what initial() says of ten classes", () => {
  const said = catalogue.map(([name, unit]) => [name, unit.initial(unit.defaults, 10)]);
  expect(Object.fromEntries(said)).toMatchObject({
    "cross-entropy": { value: Math.log(10), formula: "ln 10" },
    hinge: { value: 9, formula: "10 − 1" },
    "squared-hinge": { value: 9, formula: "10 − 1" },
    mse: { value: 0.1, formula: "1/10" },
  });
});

/** L = mean of the losses + λ R(W): what the parts mean together. */
test("the mean of the losses adds up like the course's L", async () => {
  const scores = input("scores", [3, 3]);
  const y = input("labels", [3], { dtype: "int32" });
  const loss = mean(losses.hinge.perExample(losses.hinge.defaults, scores as Tensor, y as Tensor));
  const feeds = {
    scores: { shape: [3, 3], data: Float64Array.from(pictures.flat()) },
    labels: { shape: [3], data: Float64Array.from(truths) },
  };
  expect(evaluate(graph({ loss: mul(loss, 1) }), feeds).loss.data[0]).toBeCloseTo(15.8 / 3, 12);
});
