/** What is particular to one optimizer: its formula where PyTorch has no such row, and where it differs from its source on purpose. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { constant, type NDArray, print, type Tensor } from "../../src/ir/index.ts";
import { mul, square, sub, sum } from "../../src/ops/index.ts";
import { type Optimizer, optimizers } from "../../src/optimizers/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { slotsOf } from "../../src/train/update.ts";
import { runNative } from "./native.ts";
import { filled, nextOf, type Settled, scalarsAt, settled, startOf, stepped, updateGraph } from "./update.ts";

const catalogue = Object.entries(optimizers) as [string, Optimizer][];
const vector = (...values: number[]): NDArray => ({ shape: [values.length], data: Float64Array.from(values) });

/** A run of steps on given gradients at one rate, in float64; the positions of the first weight. */
function walk(of: Settled, start: number, gradientAt: (step: number) => number, rate: number, steps: number): number[] {
  let state = startOf(of, vector(start), "bias");
  return Array.from({ length: steps }, (_, i) => {
    state = stepped(of, "bias", state, vector(gradientAt(i + 1)), rate, i + 1);
    return state.x!.data[0]!;
  });
}

/** Nodes of the update that work on whole weights: on the CPU each of them is a pass over the memory. */
const passes = (of: Settled) =>
  print(updateGraph(of, { role: "weight", shape: [4, 6] }))
    .split("\n")
    .filter((line) => /^%\d+ (float32|bool)\[4,6\]/.test(line)).length;

test("an update passes over the weights no more often than it has to; a decay costs one pass, and none at 0", () => {
  const counted = Object.fromEntries(
    catalogue.map(([name, unit]) => [name, passes(settled(unit, { weightDecay: 0 }))]),
  );
  expect(counted).toEqual({
    "gradient-descent": 2,
    sgd: 2,
    momentum: 4,
    nesterov: 6,
    adagrad: 7,
    adadelta: 13,
    rmsprop: 8,
    adam: 10,
    adamw: 10,
    nadam: 12,
    radam: 11,
    adamax: 9,
    lion: 9,
    muon: 23,
    rprop: 15,
  });
  for (const [name, unit] of catalogue.filter(([, { defaults }]) => "weightDecay" in defaults)) {
    expect([name, passes(settled(unit, { weightDecay: 0.1 }))]).toEqual([name, counted[name]! + 1]);
  }
});

test("AdaGrad's sums may start above 0", () => {
  const recipe = { optimizer: { kind: "optimizer", name: "adagrad", options: { initialAccumulator: 0.5 } } };
  const slots = slotsOf(recipe as never, [{ name: "w", shape: [2], role: "weight" } as never]);
  expect(slots).toEqual([{ name: "squares of w", shape: [2], start: 0.5 }]);
});

/** Lesson 6 of the Lab: the line y = wx + b through (1.5, 0.8), L = ½ (y − 0.8)², from w = 0.8, b = 0.2. */
test("AdaGrad accumulates the squares: 0.81, 1.086, 1.199, 1.247 for w and 0.36, 0.483, 0.533, 0.554 for b", () => {
  const line = (x: Tensor) => mul(0.5, square(sub(sum(mul(x, constant([1.5, 1]))), 0.8)));
  const of = settled(optimizers.adagrad);
  const step = updateGraph(of, { role: "bias", shape: [2] }, (x) => {
    const loss = line(x);
    return { loss, gradient: gradients(loss, [x])[0]! };
  });
  let state = startOf(of, vector(0.8, 0.2), "bias");
  const sums: number[][] = [];
  const parameters: number[][] = [];
  for (let i = 1; i <= 4; i++) {
    state = nextOf(evaluate(step, { ...state, ...scalarsAt(of, 0.1, i) }));
    sums.push([...state.squares!.data].map((v) => Number(v.toFixed(3))));
    parameters.push([...state.x!.data]);
  }
  expect(sums).toEqual([
    [0.81, 0.36],
    [1.086, 0.483],
    [1.199, 0.533],
    [1.247, 0.554],
  ]);
  // The first step is η·sign(g).
  expect(parameters[0]![0]).toBeCloseTo(0.7, 9);
  expect(parameters[0]![1]).toBeCloseTo(0.1, 9);
});

test("Lion is its formula: the sign of one mean, the memory of another", () => {
  const gradientAt = (step: number) => (step % 7 === 0 ? 0 : Math.sin(step * step) + 0.3);
  const [rate, beta1, beta2] = [0.01, 0.8, 0.95];
  let [w, m] = [1, 0];
  const expected = Array.from({ length: 60 }, (_, i) => {
    const g = gradientAt(i + 1);
    w -= rate * Math.sign(beta1 * m + (1 - beta1) * g);
    m = beta2 * m + (1 - beta2) * g;
    return w;
  });
  const actual = walk(settled(optimizers.lion, { beta1, beta2 }), 1, gradientAt, rate, 60);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i]!, 12);
});

describe("signs", () => {
  test.each(["lion", "rprop"] as const)(
    "of %s are exact for tiny gradients in float32, and do not hide NaN",
    async (name) => {
      const of = settled(optimizers[name]);
      const step = updateGraph(of, { role: "bias", shape: [5] });
      const start = startOf(of, filled([5], 0), "bias");
      const g = vector(1e-30, -1e-30, 0, 1e30, Number.NaN);
      const { x } = nextOf(await runNative(step, { ...start, g, ...scalarsAt(of, 0.5, 1) }));
      expect([...x!.data]).toEqual([-0.5, 0.5, 0, -0.5, Number.NaN]);
    },
  );
});

describe("centred RMSProp", () => {
  /** Whether PyTorch's way, r − a² in float32, becomes negative while the gradient stays as it is. */
  function becomesNegative(gradient: number): boolean {
    const f = Math.fround;
    const [g, keep, rest] = [f(gradient), f(0.99), f(1 - 0.99)];
    let [r, a] = [0, 0];
    for (let t = 1; t <= 3000; t++) {
      [r, a] = [f(f(keep * r) + f(rest * f(g * g))), f(f(keep * a) + f(rest * g))];
      if (f(r - f(a * a)) < 0) return true;
    }
    return false;
  }

  test("takes no root of a negative number where the gradient stays as it is", async () => {
    const gradient = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].find(becomesNegative);
    expect(gradient).toBeDefined();
    const of = settled(optimizers.rmsprop, { centered: true });
    const step = updateGraph(of, { role: "bias", shape: [1] });
    // The state that thousands of such steps lead to.
    let state: Readonly<Record<string, NDArray>> = { x: vector(0), mean: vector(gradient!), variance: vector(0) };
    for (let t = 1; t <= 20; t++) {
      state = nextOf(await runNative(step, { ...state, g: vector(gradient!), ...scalarsAt(of, 1e-3, t) }));
      expect(state.variance!.data[0]).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(state.x!.data[0])).toBe(true);
    }
  });
});

describe("Rprop", () => {
  const of = settled(optimizers.rprop, { smallest: 0.3, largest: 1.5 });

  test("grows while the sign stays, up to the largest multiple of the rate", () => {
    const positions = walk(of, 0, () => -7, 0.1, 4);
    [0.1, 0.22, 0.364, 0.514].forEach((expected, i) => {
      expect(positions[i]).toBeCloseTo(expected, 12);
    });
  });

  test("stays for one step after a change of sign, then goes on with half the size, down to the smallest", () => {
    const positions = walk(of, 0, (step) => [-1, 1, 1, -1, -1, 1, 1][step - 1]!, 0.1, 7);
    // Sizes: 1, ½ (stays), ½, 0.3 (stays), 0.3, 0.3 (stays), 0.3 times 0.1.
    [0.1, 0.1, 0.05, 0.05, 0.08, 0.08, 0.05].forEach((expected, i) => {
      expect(positions[i]).toBeCloseTo(expected, 12);
    });
  });

  test("takes a schedule's part of every step", () => {
    const whole = walk(of, 0, () => 1, 0.1, 3);
    const half = walk(of, 0, () => 1, 0.05, 3);
    for (const [i, value] of half.entries()) expect(value).toBeCloseTo(whole[i]! / 2, 12);
  });
});

describe("RAdam", () => {
  test("takes plain steps until its mean of squares is longer than 5: five steps with β₂ = 0.999", () => {
    const { unit, options } = settled(optimizers.radam);
    const plain = Array.from({ length: 8 }, (_, i) => unit.scalars(options, 1, i + 1).plain !== 0);
    expect(plain).toEqual([true, true, true, true, true, false, false, false]);
    for (let step = 1; step <= 8; step++) {
      const { plain, adaptive } = unit.scalars(options, 1, step);
      expect([plain === 0, adaptive === 0]).toContain(true);
      expect(plain! + adaptive!).toBeGreaterThan(0);
    }
  });

  test("is a fraction of Adam's step at first, and Adam in the end", () => {
    const ratio = (step: number) => {
      const [radam, adam] = [settled(optimizers.radam), settled(optimizers.adam)];
      return radam.unit.scalars(radam.options, 1, step).adaptive! / adam.unit.scalars(adam.options, 1, step).stepSize!;
    };
    // ρ∞ = 1999, ρ₆ = 5.9937…: √(1.9937 · 3.9937 · 1999 / (1995 · 1997 · 5.9937)).
    expect(ratio(6)).toBeCloseTo(0.0258, 4);
    expect(ratio(20_000)).toBeCloseTo(1, 6);
  });
});

test("NAdam's product of momenta is exact however many steps have gone, without counting them all", () => {
  const { unit, options } = settled(optimizers.nadam, { beta1: 0.99, momentumDecay: 0.5 });
  const product = (steps: number) =>
    Array.from({ length: steps }, (_, i) => 0.99 * (1 - 0.5 * 0.96 ** ((i + 1) * 0.5))).reduce((a, b) => a * b);
  const root = (step: number) => Math.sqrt((1 - 0.999) / (1 - 0.999 ** step));
  for (const step of [1, 10, 300, 2000]) {
    const now = 0.99 * (1 - 0.5 * 0.96 ** (step * 0.5));
    const expected = (1 - now) / (1 - product(step)) / root(step);
    expect(unit.scalars(options, 1, step).ofGradient! / expected).toBeCloseTo(1, 13);
  }
  const started = performance.now();
  for (let step = 1e7; step < 1e7 + 10; step++) unit.scalars(options, 1, step);
  expect(performance.now() - started).toBeLessThan(1000);
});

describe("Muon", () => {
  const of = settled(optimizers.muon, { momentum: 0 });
  const rotation = (angle: number) => [
    [Math.cos(angle), -Math.sin(angle)],
    [Math.sin(angle), Math.cos(angle)],
  ];
  const product = (a: number[][], b: number[][]) =>
    a.map((row) => b[0]!.map((_, j) => row.reduce((total, value, k) => total + value * b[k]![j]!, 0)));
  const transposed = (a: number[][]) => a[0]!.map((_, j) => a.map((row) => row[j]!));
  /** The first step from 0 at the rate 1, of a weight of any shape that has these rows. */
  function stepFor(rows: number[][], shape: readonly number[] = [rows.length, rows[0]!.length]): number[][] {
    const g = { shape: [...shape], data: Float64Array.from(rows.flat()) };
    const { data } = stepped(of, "weight", startOf(of, filled(shape, 0), "weight"), g, 1).x!;
    return rows.map((row, i) => row.map((_, j) => -data[i * row.length + j]!));
  }
  const close = (actual: number[][], expected: number[][]) =>
    actual.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i]!, 6);
    });

  test("moves each singular value by the quintic's fifth iterate and leaves the singular vectors", () => {
    const norm = Math.hypot(3, 0.1);
    const iterated = [3 / norm, 0.1 / norm].map((value) => {
      let s = value;
      for (let i = 0; i < 5; i++) s = 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;
      return s;
    });
    for (const s of iterated) expect(Math.abs(s - 1)).toBeLessThan(0.35);
    const [u, v] = [rotation(0.4), transposed(rotation(1.1))];
    const step = stepFor(
      product(
        product(u, [
          [3, 0],
          [0, 0.1],
        ]),
        v,
      ),
    );
    const size = 0.2 * Math.SQRT2;
    close(
      step,
      product(
        product(u, [
          [size * iterated[0]!, 0],
          [0, size * iterated[1]!],
        ]),
        v,
      ),
    );
  });

  const wide = [
    [1, 2, -1, 0.5, 0.1, -2],
    [0.3, -1, 2, 1, 0, 0.7],
  ];

  test("treats a matrix and its transpose alike, and filters as the rows of a matrix", () => {
    close(stepFor(transposed(wide)), transposed(stepFor(wide)));
    close(stepFor(wide, [2, 1, 2, 3]), stepFor(wide));
  });

  test("multiplies on the smaller side", () => {
    for (const shape of [
      [3, 40],
      [40, 3],
      [40, 1, 3],
    ]) {
      const graph = print(updateGraph(of, { role: "weight", shape }));
      expect(graph).toContain("float32[3,3] = matmul");
      expect(graph).not.toContain("[40,40]");
    }
  });

  test("moves as far as Adam does, 0.2 of the rate, however large the gradient is", () => {
    const step = stepFor(wide);
    close(stepFor(wide.map((row) => row.map((value) => 1000 * value))), step);
    const size = Math.sqrt(step.flat().reduce((total, value) => total + value ** 2, 0) / 12);
    expect(size).toBeGreaterThan(0.2 * 0.68);
    expect(size).toBeLessThan(0.2 * 1.16);
  });

  test("moves biases as Adam does", () => {
    const adam = settled(optimizers.adam);
    const gradientAt = (step: number) => Math.sin(step);
    expect(walk(of, 1, gradientAt, 0.1, 5)).toEqual(walk(adam, 1, gradientAt, 0.1, 5));
  });
});

describe("docs/optimizers.md", () => {
  const text = readFileSync(new URL("../../docs/optimizers.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \|.*\| (\d) \| ([\d.]+) \|$/gm)];

  test("lists every optimizer with its memory and its rate", () => {
    const told = rows.map(([, name, memory, rate]) => [name, Number(memory), Number(rate)]);
    const actual = catalogue.map(([name, { slots, defaults }]) => [
      name,
      slots(defaults, { role: "weight", shape: [4, 6] }).length,
      defaults.learningRate,
    ]);
    expect(told.toSorted()).toEqual(actual.toSorted());
  });

  test("names those that can decay weights", () => {
    const [, list] = /`weightDecay` \(λ, of ([^)]+)\)/.exec(text)!;
    const able = catalogue.filter(([, { defaults }]) => "weightDecay" in defaults).map(([name]) => name);
    expect([...list!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name).sort()).toEqual(able.sort());
  });
});
