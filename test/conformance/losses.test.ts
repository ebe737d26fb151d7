/** Every loss of the catalogue: known values, slopes against differences, laws; and that docs/losses.md tells the truth. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { checkOptions, Random } from "../../src/core/index.ts";
import { graph, input, type NDArray, type Tensor } from "../../src/ir/index.ts";
import { type Loss, losses } from "../../src/losses/index.ts";
import { gather, mean, mul, sum } from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "./native.ts";
import { weightedMean } from "./weighted-mean.ts";

const catalogue = Object.entries(losses) as [string, Loss][];

/** The defaults, and each option at the lower end of its range and well inside it. */
function settingsOf({ defaults, ranges = {} }: Loss): object[] {
  const others = Object.entries(ranges).flatMap(([option, [low, high]]) =>
    [low, Number.isFinite(high) ? (low + high) / 2 : low + 2.5].map((value) => ({ ...defaults, [option]: value })),
  );
  return [defaults, ...others];
}

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
/** The same for soft targets. */
async function runSoft(unit: Loss, rows: number[][], soft: number[][], options: object) {
  const scores = input("scores", [rows.length, rows[0].length]);
  const targets = input("targets", scores.shape);
  const perExample = unit.perTarget!(options, scores as Tensor, targets as Tensor);
  const traced = graph({ perExample, slope: gradients(sum(perExample), [scores as Tensor])[0] }, [scores, targets]);
  const arrayOf = (list: number[][]) => ({ shape: scores.shape, data: Float64Array.from(list.flat()) });
  const feeds = { scores: arrayOf(rows), targets: arrayOf(soft) };
  return { truth: evaluate(traced, feeds), native: await runNative(traced, feeds), traced, feeds };
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
  test("label smoothing: 0.9 of the truth and 0.1 spread over three classes", async () => {
    const [q, rest] = [0.9 + 0.1 / 3, 0.1 / 3];
    const lnP = [Math.log(0.5), Math.log(0.25), Math.log(0.25)];
    const scores = [[Math.log(2), 0, 0]];
    const smoothed = -(q * lnP[0] + rest * (lnP[1] + lnP[2]));
    expect((await values("cross-entropy", scores, [0], { smoothing: 0.1 }))[0]).toBeCloseTo(smoothed, 12);
    const entropy = -(q * Math.log(q) + 2 * rest * Math.log(rest));
    expect((await values("kullback-leibler", scores, [0]))[0]).toBeCloseTo(smoothed - entropy, 12);
    expect((await values("kullback-leibler", scores, [0], { smoothing: 0 }))[0]).toBeCloseTo(Math.LN2, 12);
  });
  test("kullback-leibler is 0 where the softmax meets the targets, and cross-entropy their entropy", async () => {
    const q = [0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3];
    const scores = [q.map((v) => Math.log(v) + 3)];
    const { truth } = await run(losses["kullback-leibler"], scores, [0]);
    for (const data of [truth.perExample.data, truth.slope.data]) {
      for (const value of data) expect(value).toBeCloseTo(0, 12);
    }
    const entropy = -q.reduce((acc, v) => acc + v * Math.log(v), 0);
    expect((await values("cross-entropy", scores, [0], { smoothing: 0.1 }))[0]).toBeCloseTo(entropy, 12);
  });
  test("focal on soft targets: what it costs on average if the label is drawn from them", async () => {
    const { truth } = await runSoft(losses.focal, [pictures[0]], [[0.5, 0.2, 0.3]], { gamma: 2 });
    const hard = await values("focal", [pictures[0], pictures[0], pictures[0]], [0, 1, 2]);
    expect(truth.perExample.data[0]).toBeCloseTo(0.5 * hard[0] + 0.2 * hard[1] + 0.3 * hard[2], 12);
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

  test.each([2, 10])("initial() is the loss of scores of 0 among %i classes, whatever the options", async (classes) => {
    for (const options of settingsOf(unit)) {
      const { truth } = await run(unit, [Array(classes).fill(0)], [1], options);
      expect(unit.initial(options, classes).value).toBeCloseTo(truth.perExample.data[0], 12);
    }
  });

  test("its defaults are within its ranges", () => {
    expect(() => checkOptions("loss", unit, { ...unit.defaults })).not.toThrow();
  });

  test.skipIf(!unit.perTarget)("soft targets that are one-hot are labels, and others are told apart", async () => {
    for (const options of settingsOf(unit)) {
      const hot = labels.map((label) => [0, 1, 2, 3].map((c) => Number(c === label)));
      const [hard, soft] = [await run(unit, rows, labels, options), await runSoft(unit, rows, hot, options)];
      for (const key of ["perExample", "slope"]) {
        expect(difference(soft.truth[key], hard.truth[key], 1e-12)).toBeUndefined();
        expect(difference(soft.native[key], hard.truth[key], 1e-5)).toBeUndefined();
      }
    }
    const even = await runSoft(unit, rows, Array(6).fill([0.25, 0.25, 0.25, 0.25]), unit.defaults);
    expect(difference(even.truth.perExample, (await run(unit, rows, labels)).truth.perExample, 1e-2)).toBeDefined();
  });

  test.skipIf(!unit.perTarget)("the slope for soft targets agrees with differences and with ONNX Runtime", async () => {
    const targets = Array.from({ length: 6 }, () => {
      const drawn = Array.from({ length: 4 }, () => random.between(0, 1));
      return drawn.map((v) => v / drawn.reduce((a, b) => a + b));
    });
    const { truth, native, traced, feeds } = await runSoft(unit, rows, targets, unit.defaults);
    for (const key of ["perExample", "slope"]) expect(difference(native[key], truth[key], 1e-5)).toBeUndefined();
    for (const i of [0, 5, 14, 23]) {
      const at = (h: number) => ({ shape: [6, 4], data: feeds.scores.data.map((v, j) => (i === j ? v + h : v)) });
      const total = (h: number) =>
        evaluate(traced, { ...feeds, scores: at(h) }).perExample.data.reduce((acc, v) => acc + v, 0);
      expect(truth.slope.data[i]).toBeCloseTo((total(1e-5) - total(-1e-5)) / 2e-5, 7);
    }
  });

  /** The weighted mean with its slopes, for weights that are inputs of their own. */
  const weighted = (weights: readonly number[], kept: readonly number[] = [0, 1, 2, 3, 4, 5]) => {
    const scores = input("scores", [kept.length, 4]) as Tensor;
    const y = input("labels", [kept.length], { dtype: "int32" }) as Tensor;
    const loss = weightedMean(unit.perExample(unit.defaults, scores, y), input("weights", [kept.length]) as Tensor);
    const list = (values: readonly number[]): NDArray => ({ shape: [values.length], data: Float64Array.from(values) });
    const { loss: mean, slope } = evaluate(graph({ loss, slope: gradients(loss, [scores])[0] }), {
      scores: { shape: [kept.length, 4], data: Float64Array.from(kept.flatMap((i) => rows[i])) },
      labels: list(kept.map((i) => labels[i])),
      weights: list(weights),
    });
    return { mean: mean.data[0], slopes: [...slope.data] };
  };

  test("weights of 0 and 1 are the same as leaving out", () => {
    const all = weighted([1, 0, 1, 0, 0, 1]);
    const few = weighted([1, 1, 1], [0, 2, 5]);
    expect(all.mean).toBeCloseTo(few.mean, 12);
    const kept = [0, 2, 5].flatMap((i) => all.slopes.slice(4 * i, 4 * i + 4));
    for (const [i, slope] of kept.entries()) expect(slope).toBeCloseTo(few.slopes[i], 12);
    expect([1, 3, 4].flatMap((i) => all.slopes.slice(4 * i, 4 * i + 4)).every((slope) => slope === 0)).toBe(true);
  });

  test("class weights are sample weights by class, and each class counts as often as its weight says", () => {
    const ofClass = [3, 0.5, 2, 1];
    const scores = input("scores", [6, 4]) as Tensor;
    const y = input("labels", [6], { dtype: "int32" }) as Tensor;
    const byClass = weightedMean(
      unit.perExample(unit.defaults, scores, y),
      gather(input("of class", [4]) as Tensor, y),
    );
    const feeds = {
      scores: { shape: [6, 4], data: Float64Array.from(rows.flat()) },
      labels: { shape: [6], data: Float64Array.from(labels) },
      "of class": { shape: [4], data: Float64Array.from(ofClass) },
    };
    const mean = evaluate(graph({ byClass }), feeds).byClass.data[0];
    expect(mean).toBeCloseTo(weighted(labels.map((label) => ofClass[label])).mean, 12);
    // As many copies of each example as its class weighs, in halves.
    const copies = labels.flatMap((label, i) => Array<number>(2 * ofClass[label]).fill(i));
    expect(mean).toBeCloseTo(weighted(Array(copies.length).fill(1), copies).mean, 12);
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

describe.each(catalogue)("the shape of %s", (name, unit) => {
  const random = new Random(6, `shape of ${name}`);
  const draw = (size: number) => Array.from({ length: 5 }, () => size * random.normal());
  const between = (a: number[], b: number[], share: number) => a.map((v, i) => v + share * (b[i] - v));
  /** Losses and slopes of many score vectors for one class, in float64. */
  const at = (points: number[][], options: object = unit.defaults) => {
    const scores = input("scores", [points.length, 5]) as Tensor;
    const y = input("labels", [points.length], { dtype: "int32" }) as Tensor;
    const loss = unit.perExample(options, scores, y);
    const result = evaluate(graph({ loss, slope: gradients(sum(loss), [scores])[0] }), {
      scores: { shape: scores.shape, data: Float64Array.from(points.flat()) },
      labels: { shape: y.shape, data: new Float64Array(points.length).fill(1) },
    });
    const slopes = points.map((_, i) => [...result.slope.data.subarray(5 * i, 5 * i + 5)]);
    return { costs: [...result.loss.data], slopes };
  };
  const apart = (a: number[], b: number[]) => Math.hypot(...a.map((v, i) => v - b[i]));
  const pairs = Array.from({ length: 300 }, (_, i): [number[], number[]] => [draw(1 + (i % 4)), draw(1 + (i % 4))]);

  test("says convex if no chord is ever below the curve, and only then", () => {
    const isConvex = (options: object) => {
      const [a, b] = [0, 1].map(
        (end) =>
          at(
            pairs.map((pair) => pair[end]),
            options,
          ).costs,
      );
      const middle = at(
        pairs.map(([from, to]) => between(from, to, 0.5)),
        options,
      ).costs;
      return middle.every((cost, i) => cost <= (a[i] + b[i]) / 2 + 1e-9);
    };
    expect(settingsOf(unit).every(isConvex)).toBe(unit.convex === true);
  });

  test("says smooth if its slope makes no jump however closely one looks, and only then", () => {
    const jumps = (from: number[], to: number[]) => {
      let [low, high] = [0, 1];
      // Twice into the one of 200 pieces where the slope changes most: a bend shrinks with its piece, a jump does not.
      const [first, second] = [1, 2].map(() => {
        const shares = Array.from({ length: 201 }, (_, k) => low + ((high - low) * k) / 200);
        const { slopes } = at(shares.map((share) => between(from, to, share)));
        const changes = slopes.slice(1).map((slope, k) => apart(slope, slopes[k]));
        const largest = Math.max(...changes);
        const piece = changes.indexOf(largest);
        [low, high] = [shares[piece], shares[piece + 1]];
        return largest;
      });
      return second > 1e-9 && second > first / 10;
    };
    expect(pairs.slice(0, 40).some(([from, to]) => jumps(from, to))).toBe(unit.smooth !== true);
  });

  test("says quadratic if its Hessian is constant, and only then", () => {
    const [a, b] = [0, 1].map((end) => at(pairs.map((pair) => pair[end])).slopes);
    const middle = at(pairs.map(([from, to]) => between(from, to, 0.5))).slopes;
    const straight = middle.every((slope, i) => apart(slope, between(a[i], b[i], 0.5)) < 1e-9);
    expect(straight && unit.smooth === true).toBe(unit.quadratic === true);
  });
});

describe("docs/losses.md", () => {
  const text = readFileSync(new URL("../../docs/losses.md", import.meta.url), "utf8");
  const table = text.split("\n").filter((line) => line.startsWith("| `"));
  const cellsOf = (name: string) => {
    const found = table.find((line) => line.startsWith(`| \`${name}\` |`));
    return (
      found
        ?.split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
        .slice(1, -1) ?? []
    );
  };
  const yes = (flag: unknown) => (flag ? "yes" : "no");

  test.each(catalogue)("says of %s what the unit says", (name, unit) => {
    const [, , formula, first, convex, smooth, soft] = cellsOf(name);
    expect(formula).toBe(unit.formula.replaceAll("|", "\\|"));
    expect(first).toBe(unit.initial(unit.defaults, 10).formula.replaceAll("10", "C"));
    expect([convex, smooth, soft]).toEqual([yes(unit.convex), yes(unit.smooth), yes(unit.perTarget)]);
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
