import { describe, expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { bind, constant, defineOp, input, type NDArray, scoped, type Tensor } from "../ir/index.ts";
import {
  abs,
  add,
  concat,
  conv2d,
  equal,
  greater,
  logSoftmax,
  matmul,
  max,
  maximum,
  maxPool2d,
  mean,
  mul,
  neg,
  ops,
  relu,
  reshape,
  square,
  sub,
  sum,
  tanh,
  transpose,
  where,
} from "../ops/index.ts";
import { type AnyOp, BOUND, checkGraph, checkUnit, compare, describeKink, normals, type Row } from "./index.ts";

const array = (shape: readonly number[], ...values: number[]): NDArray => ({ shape, data: Float64Array.from(values) });
const x1 = (name: string, ...shape: number[]) => input(name, shape);
const verdicts = (rows: readonly Row[]) => [...new Set(rows.map(({ verdict }) => verdict))];
const kinksOf = (rows: readonly Row[]) => rows.flatMap(({ kinks = [] }) => kinks.map(describeKink));

/** The rows of y = f(x) summed, at x. */
function rowsOf(f: (x: Tensor) => Tensor, ...values: number[]): Row[] {
  const x = x1("x", values.length);
  return checkGraph({
    loss: f(x as Tensor),
    wrt: [x],
    feeds: { x: array([values.length], ...values) },
    coordinates: 1,
  });
}

/** An op with another backward rule. */
const withRule = (op: AnyOp, vjp: AnyOp["vjp"]): AnyOp => ({ ...op, vjp });

describe("compare", () => {
  const cubic = (t: number) => ({ value: (1 + t) ** 3, magnitude: 1 });

  test("tries every step and tells the best: errors fall as h² until rounding makes them rise", () => {
    const { error, step, curve, jump } = compare(3, cubic);
    expect(curve.map((row) => row.step)).toEqual([1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9]);
    // (1 + h)³ − (1 − h)³ = 6h + 2h³, so the error is h² / (3 + h²).
    for (const i of [0, 1, 2]) expect(curve[i].error / (curve[i].step ** 2 / 3)).toBeCloseTo(1, 2);
    expect(curve.at(-1)!.error).toBeGreaterThan(1e-9);
    expect([1e-5, 1e-6]).toContain(step);
    expect(error).toBe(Math.min(...curve.map((row) => row.error)));
    expect(error).toBeLessThan(1e-10);
    expect(jump).toBeUndefined();
  });

  test("lesson 11 of the Lab: the line 1.5 w + 0.2 that should be 0.8, at w = 0.8", () => {
    const w = input("w", []);
    const loss = mul(square(sub(add(mul(w as Tensor, 1.5), 0.2), 0.8)), 0.5);
    const [, row] = checkGraph({ loss, wrt: [w], feeds: { w: array([], 0.8) }, coordinates: 1 });
    const { along, backward, curve, verdict } = row;
    expect({ along, backward, verdict }).toEqual({ along: "[]", backward: expect.closeTo(0.9, 14), verdict: "ok" });
    const errorAt = (h: number) => curve.find(({ step }) => step === h)!.error;
    // A parabola is cut short nowhere: all error is rounding, 5e-13 and 5e-9 there.
    expect(errorAt(1e-5)).toBeLessThan(1e-11);
    expect(errorAt(1e-9)).toBeGreaterThan(1e-10);
    expect(errorAt(1e-9)).toBeLessThan(1e-7);
  });

  test("the error is relative to the larger slope, or to the function where the slope is nothing beside it", () => {
    expect(compare(6, cubic).error).toBeCloseTo(0.5, 3);
    expect(compare(-3, cubic).error).toBeCloseTo(2, 3);
    expect(compare(1e-7, () => ({ value: 5, magnitude: 5 })).error).toBeCloseTo(1e-7 / 5e-5, 12);
    expect(compare(0, () => ({ value: 0, magnitude: 0 })).error).toBe(0);
    expect(compare(Number.NaN, cubic).error).toBe(Number.POSITIVE_INFINITY);
    expect(compare(1, () => ({ value: Number.NaN, magnitude: 1 })).error).toBe(Number.POSITIVE_INFINITY);
  });

  const at = (f: (t: number) => number) => (t: number) => ({ value: 3 + f(t), magnitude: 3 });
  test.each<[string, (t: number) => number, [number, number] | undefined]>([
    ["a kink at 0", (t) => Math.max(0, t), [0, 1]],
    ["a kink on a curve", (t) => Math.abs(t) + Math.exp(t), [0, 2]],
    ["a small kink", (t) => 1e-3 * Math.abs(t) + 50 * t, [49.999, 50.001]],
    ["a kink at a distance", (t) => Math.max(0, t - 3e-5), undefined],
    ["a kink at a larger distance", (t) => Math.abs(t + 0.004) + t, undefined],
    ["a kink where the larger steps look smooth", (t) => Math.max(0, t - 1e-4 / 1.1), undefined],
    ...[1, 10, 100, 1e3, 1e4].map((k): [string, (t: number) => number, undefined] => [
      `${k} t⁴`,
      (t) => k * t ** 4,
      undefined,
    ]),
    ["a steep curve", (t) => Math.exp(300 * t), undefined],
    ["a square on one side", (t) => Math.max(0, t) ** 2, undefined],
    ["a line", (t) => 1e3 * t, undefined],
  ])("one-sided slopes of %s", (_, f, expected) => {
    const { jump } = compare(0, at(f));
    if (expected === undefined) return expect(jump).toBeUndefined();
    expect(jump!.left).toBeCloseTo(expected[0], 4);
    expect(jump!.right).toBeCloseTo(expected[1], 4);
  });
});

describe.each(Object.entries(ops) as [string, AnyOp][])("unit %s", (_, op) => {
  const rows = checkUnit(op);

  test("agrees with differences wherever a sample does not declare a reason", () => {
    const undeclared = rows.filter(({ sample }) => op.samples[sample].noGradient === undefined);
    expect(undeclared.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    for (const { error } of undeclared) expect(error).toBeLessThanOrEqual(BOUND);
  });

  test("says of a declared point what the sample says, and nothing of the others", () => {
    for (const { verdict, reason, sample } of rows) {
      if (verdict === "ok") expect(reason).toBeUndefined();
      else expect({ verdict, reason }).toEqual({ verdict: "kink", reason: op.samples[sample].noGradient });
    }
  });
});

test("the units that have a kink on purpose are the ones that are named", () => {
  const named = Object.values(ops).flatMap((op) =>
    checkUnit(op as AnyOp).flatMap((row) => (row.kinks ? [[row.input, kinksOf([row]).join()]] : [])),
  );
  expect(named).toEqual([
    ["x0", "leakyRelu, element [1], input 0"],
    ["x0", "max"],
    ["x0", "maxPool2d, element [0,0,0,0]"],
    ["x0", "maximum, element [1], inputs 2 and 2"],
    ["x1", "maximum, element [1], inputs 2 and 2"],
    ["x0", "minimum, element [1], inputs 2 and 2"],
    ["x1", "minimum, element [1], inputs 2 and 2"],
    ["x0", "relu, element [1], input 0"],
    ["x1", "reluGrad, element [1] (and 2 more), inputs 2 and -1e-30"],
  ]);
});

describe("a wrong rule of a unit", () => {
  const wrong: [string, AnyOp, string[]][] = [
    ["twice too large", withRule(ops.tanh, (g, c) => [mul(ops.tanh.vjp(g, c)[0]!, 2)]), ["x0"]],
    ["a part in 10⁵ too large", withRule(ops.exp, (g, { output }) => [mul(mul(g, output), 1.00001)]), ["x0"]],
    ["of the wrong sign", withRule(ops.sub, (g) => [g, g]), ["x1"]],
    ["without a term", withRule(ops.logSoftmax, (g) => [g]), ["x0"]],
    ["that is left out", withRule(ops.mul, (g, { inputs: [, b] }) => [mul(g, b), null]), ["x1"]],
    ["that does not look at the cotangent", withRule(ops.exp, (_, { output }) => [output]), ["x0"]],
    ["with the branches exchanged", withRule(ops.relu, (g, { output }) => [where(greater(output, 0), 0, g)]), ["x0"]],
  ];
  test.each(wrong)("%s is wrong, and the input is named", (_, op, inputs) => {
    const bad = checkUnit(op).filter(({ verdict }) => verdict === "wrong");
    expect([...new Set(bad.map((row) => row.input))]).toEqual(inputs);
    for (const { error } of bad) expect(error).toBeGreaterThan(BOUND);
  });

  test("that is transposed is wrong", () => {
    const transposed = withRule(ops.matmul, (g, { inputs: [a, b] }) => [
      matmul(g, transpose(b)),
      matmul(transpose(g), a),
    ]);
    const rows = checkUnit(transposed);
    expect(verdicts(rows.filter(({ input }) => input === "x0"))).toEqual(["ok"]);
    expect(verdicts(rows.filter(({ input }) => input === "x1"))).toEqual(["wrong"]);
  });

  test("that cannot even be built is wrong, with the reason", () => {
    const rows = checkUnit(withRule(ops.exp, (g) => [concat([g, g])]));
    expect(verdicts(rows)).toEqual(["wrong"]);
    expect(rows[0].reason).toBe("reshape: [6,4] has 24 elements but [3,4] needs 12; the number of elements must stay");
  });

  test("from a bool is wrong", () => {
    const rows = checkUnit(withRule(ops.equal, (g) => [g, null]));
    expect(verdicts(rows)).toEqual(["wrong"]);
    expect(rows[0].reason).toBe("a cotangent flows back from bool");
    expect(checkUnit(ops.equal)).toEqual([]);
  });

  test("is not hidden by a kink", () => {
    const atZero = { ...ops.relu, samples: ops.relu.samples.filter(({ noGradient }) => noGradient !== undefined) };
    expect(verdicts(checkUnit(atZero))).toEqual(["kink"]);
    const doubled = withRule(atZero, (g, { output }) => [where(greater(output, 0), mul(g, 2), 0)]);
    const [row] = checkUnit(doubled);
    expect(row.verdict).toBe("wrong");
    expect(row.beside!.error).toBeGreaterThan(0.1);
  });
});

describe("a kink", () => {
  const [a, b] = [0.7, -1.2];
  const cases: [string, (x: Tensor) => Tensor, string][] = [
    ["relu at 0", (x) => scoped("hidden1", () => relu(sub(x, a))), "relu at hidden1, element [0], input 0"],
    ["abs at 0", (x) => scoped("loss", () => abs(sub(x, a))), "abs at loss, element [0], input 0"],
    ["a tie of maximum", (x) => maximum(x, sub(2 * a, x)), "maximum, element [0], inputs 0.7 and 0.7"],
    ["a tie of a maximum", (x) => max(mul(x, sub(x, a + b))), "max"],
    ["a comparison that turns", (x) => where(greater(x, a), x, mul(x, 3)), "greater, element [0], inputs 0.7 and 0.7"],
    ["a comparison for equality", (x) => where(equal(x, a), 5, x), "equal, element [0], inputs 0.7 and 0.7"],
  ];
  test.each(cases)("%s is named", (_, f, name) => {
    const rows = rowsOf(f, a, b);
    expect(rows.map(({ along }) => along)).toEqual(["direction", expect.stringMatching(/^\[[01]\]$/)]);
    expect(rows[0].verdict).toBe("kink");
    expect(kinksOf(rows.slice(0, 1))[0]).toBe(name);
  });

  test("at a tie in a window of a pool is named", () => {
    const x = x1("x", 1, 2, 2, 4);
    const rows = checkGraph({
      loss: scoped("features.1", () => maxPool2d(x as Tensor, 2)),
      wrt: [x],
      feeds: { x: array(x.shape, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 6, 3, 4, 6, 5) },
    });
    expect(verdicts(rows)).toEqual(["kink"]);
    expect(kinksOf(rows)).toEqual(["maxPool2d at features.1, element [0,1,0,1]"]);
  });

  test("behind a kink is named, on whichever side its input moves", () => {
    const name = ["relu, element [0], input 0", "abs, element [0], input 0"];
    expect(kinksOf(rowsOf((x) => abs(relu(neg(x))), 0).slice(1))).toEqual(name);
    expect(kinksOf(rowsOf((x) => abs(relu(x)), 0).slice(1))).toEqual(name);
  });

  test("at a distance is not blamed for a wrong rule", () => {
    const doubled = withRule(ops.abs, (g, c) => [mul(ops.abs.vjp(g, c)[0]!, 2)]);
    const rows = rowsOf((x) => bind(doubled, [x], {}), 1e-3);
    expect(verdicts(rows)).toEqual(["wrong"]);
    expect(kinksOf(rows)).toEqual([]);
  });

  test("says the slope that is taken and those to both sides, and agrees beside", () => {
    const row = rowsOf((x) => relu(x), 0).find(({ along }) => along === "[0]")!;
    expect(row.backward).toBe(0);
    expect(row.sides).toEqual({ left: 0, right: 1 });
    expect(row.differences).toBe(0.5);
    expect(row.beside!.error).toBeLessThan(BOUND);
  });

  test("is recognised where half of each slope is taken, which central differences do as well", () => {
    const x = x1("x");
    const [row] = checkGraph({ loss: maximum(x as Tensor, neg(x as Tensor)), wrt: [x], feeds: { x: array([], 0) } });
    expect(row.error).toBe(0);
    expect(row.verdict).toBe("kink");
    expect(row.sides!.right).toBeCloseTo(-row.sides!.left, 9);
  });

  test("of a unit that this room has never heard of is named", () => {
    const hat: AnyOp = defineOp<unknown>({
      ...ops.abs,
      name: "hat",
      evaluate: ([{ shape, data }]) => ({ shape, data: data.map((v) => Math.max(0, 1 - Math.abs(v))) }),
      vjp: (g, { inputs: [v] }) => [where(greater(v, 0), neg(g), g)],
    });
    const rows = rowsOf((x) => scoped("new", () => bind(hat, [x], {})), 0);
    expect(verdicts(rows)).toEqual(["kink"]);
    expect(kinksOf(rows)[0]).toBe("hat at new, element [0], input 0");
  });

  test.each([3e-3, 3e-5, 3e-7])("at a distance of %d is stepped around", (distance) => {
    const rows = rowsOf((x) => square(relu(add(x, 1))), distance - 1, -3).concat(
      rowsOf((x) => abs(tanh(x)), distance, -1),
    );
    expect(verdicts(rows)).toEqual(["ok"]);
  });

  test("so near that no step fits between is a kink, not an error", () => {
    const rows = rowsOf((x) => abs(x), 1e-13);
    expect(verdicts(rows)).toEqual(["kink"]);
    expect(kinksOf(rows)[0]).toBe("abs, element [0], input 1e-13");
  });
});

describe("a network", () => {
  const batch = 4;
  const names = ["hidden1.weight", "hidden1.bias", "scores.weight", "scores.bias"] as const;
  const [w1, b1, w2, b2] = [x1(names[0], 3, 5), x1(names[1], 5), x1(names[2], 5, 3), x1(names[3], 3)];
  const random = new Random(4, "network");
  const feeds = Object.fromEntries(
    [x1("pictures", batch, 3), w1, b1, w2, b2].map(({ attrs: { name, shape } }) => [name, normals(shape, random)]),
  );
  /** Two layers, each with the product that is given, and log-softmax of the first class. */
  function rows(product: (x: Tensor, w: Tensor) => Tensor, values = feeds, first: (x: Tensor) => Tensor = relu): Row[] {
    const pictures = x1("pictures", batch, 3) as Tensor;
    const hidden = scoped("hidden1", () => first(add(matmul(pictures, w1 as Tensor), b1 as Tensor)));
    const scores = scoped("scores", () => add(product(hidden, w2 as Tensor), b2 as Tensor));
    const loss = scoped("loss", () => mean(neg(sum(mul(logSoftmax(scores), reshape(mean(scores, 1), [batch, 1])), 1))));
    return checkGraph({ loss, wrt: [w1, b1, w2, b2], feeds: values, coordinates: 3 });
  }
  const wrongNames = (list: readonly Row[]) => [
    ...new Set(list.filter(({ verdict }) => verdict === "wrong").map((row) => row.input)),
  ];

  test("agrees, along a direction and in single elements of every parameter", () => {
    const list = rows(matmul);
    expect(verdicts(list)).toEqual(["ok"]);
    for (const name of names) {
      const along = list.filter((row) => row.input === name).map((row) => row.along);
      expect(along).toHaveLength(4);
      expect(new Set(along).size).toBe(4);
      expect(along[0]).toBe("direction");
    }
    expect(list.some(({ backward }) => Math.abs(backward) > 0.1)).toBe(true);
  });

  test("with a product whose weights get a wrong gradient names them, and only them", () => {
    const rule = (change: (part: Tensor) => Tensor) => (x: Tensor, w: Tensor) => {
      const op = withRule(ops.matmul, (g, c) => {
        const [dx, dw] = ops.matmul.vjp(g, c);
        return [dx, dw && change(dw)];
      });
      return bind(op, [x, w], {});
    };
    expect(wrongNames(rows(rule((part) => part)))).toEqual([]);
    expect(wrongNames(rows(rule((part) => mul(part, 1 + 1e-5))))).toEqual(["scores.weight"]);
    const single = (part: Tensor) => where(equal(part, max(part)), mul(part, 1.01), part);
    expect(wrongNames(rows(rule(single)))).toEqual(["scores.weight"]);
  });

  test("with a hidden layer whose rule is wrong names every parameter before it", () => {
    const half = withRule(ops.relu, (g, { output }) => [where(greater(output, 0), mul(g, 0.5), 0)]);
    const list = rows(matmul, feeds, (x) => bind(half, [x], {}));
    expect(wrongNames(list)).toEqual(["hidden1.weight", "hidden1.bias"]);
  });

  test("with a hidden unit at exactly 0 names it, and checks the rules beside", () => {
    // The third hidden unit gets nothing from any picture.
    const weight = { ...feeds[names[0]], data: feeds[names[0]].data.map((v, i) => (i % 5 === 2 ? 0 : v)) };
    const bias = { ...feeds[names[1]], data: feeds[names[1]].data.map((v, i) => (i === 2 ? 0 : v)) };
    const dead = { ...feeds, [names[0]]: weight, [names[1]]: bias };
    const list = rows(matmul, dead);
    expect(wrongNames(list)).toEqual([]);
    const direction = list.find((row) => row.input === names[1])!;
    expect(direction.verdict).toBe("kink");
    expect(kinksOf([direction])).toEqual(["relu at hidden1, element [0,2] (and 3 more), input 0"]);
    expect(direction.sides!.left).not.toBeCloseTo(direction.sides!.right, 3);
    expect(direction.beside!.error).toBeLessThan(BOUND);
    // Behind the unit nothing is on a kink.
    expect(verdicts(list.filter((row) => row.input.startsWith("scores")))).toEqual(["ok"]);
    const half = withRule(ops.relu, (g, { output }) => [where(greater(output, 0), mul(g, 0.5), 0)]);
    expect(wrongNames(rows(matmul, dead, (x) => bind(half, [x], {})))).toEqual(["hidden1.weight", "hidden1.bias"]);
  });

  test("of convolutions agrees by its input, too", () => {
    const [x, w] = [x1("x", 2, 1, 5, 5), x1("w", 2, 1, 3, 3)];
    const loss = mean(tanh(maxPool2d(conv2d(x as Tensor, w as Tensor), 2)));
    const drawn = { x: normals(x.shape, random), w: normals(w.shape, random) };
    const list = checkGraph({ loss, wrt: [x, w], feeds: drawn, coordinates: 2 });
    expect(verdicts(list)).toEqual(["ok"]);
    expect(list.map((row) => row.input)).toEqual(["x", "x", "x", "w", "w", "w"]);
  });

  test("moves the element with the steepest slope first", () => {
    const slopes = constant([0.1, 2, -5, 1], [2, 2]);
    const x = x1("x", 2, 2);
    const rows = checkGraph({
      loss: mul(x as Tensor, slopes),
      wrt: [x],
      feeds: { x: array(x.shape, 1, 2, 3, 4) },
      coordinates: 4,
    });
    expect(rows[1]).toMatchObject({ along: "[1,0]", backward: -5, verdict: "ok" });
    const found = rows.slice(1).map(({ along, backward }) => [along, backward]);
    expect(Object.fromEntries(found)).toEqual({ "[0,0]": 0.1, "[0,1]": 2, "[1,0]": -5, "[1,1]": 1 });
  });

  test("another seed draws other directions; the same one repeats", () => {
    const check = (seed: number) => {
      const loss = sum(square(w1 as Tensor));
      return checkGraph({ loss, wrt: [w1], feeds, seed })[0].backward;
    };
    expect(check(1)).toBe(check(1));
    expect(check(1)).not.toBe(check(2));
  });

  test("an input that the loss does not depend on has the slope 0", () => {
    const [row] = checkGraph({ loss: sum(square(w1 as Tensor)), wrt: [b1], feeds });
    expect(row).toMatchObject({ backward: 0, differences: 0, error: 0, verdict: "ok" });
  });
});
