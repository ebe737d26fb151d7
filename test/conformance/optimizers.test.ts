/** Every optimizer of the catalogue through one suite: it goes downhill, keeps its state in order, never rebuilds. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { chosen } from "../../src/core/index.ts";
import { constant, type Graph, graph, input, type NDArray, print, type Tensor } from "../../src/ir/index.ts";
import { crossEntropy } from "../../src/losses/index.ts";
import { mlp } from "../../src/models/index.ts";
import { add, mul, square, sub, sum } from "../../src/ops/index.ts";
import { adagrad, type Optimizer, optimizers } from "../../src/optimizers/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { schedules } from "../../src/schedules/index.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { stepGraph } from "../../src/train/step-graph.ts";
import { slotsOf } from "../../src/train/update.ts";

const catalogue = Object.entries(optimizers) as [string, Optimizer][];
const array = (...values: number[]): NDArray => ({ shape: [values.length], data: Float64Array.from(values) });
const weights = (...values: number[]) => constant(values);
const scalar = (value: number): NDArray => ({ shape: [], data: Float64Array.of(value) });

const slotsIn = (optimizer: Optimizer, shape: number[]) => optimizer.slots(optimizer.defaults, { shape, role: "bias" });

/** One step on a function of x [n], as a graph: x and slots to their next values. */
function stepOf(optimizer: Optimizer, n: number, f: (x: Tensor) => Tensor): Graph {
  const x = input("x", [n]) as Tensor;
  const loss = f(x);
  const names = Object.keys(optimizer.scalars(optimizer.defaults, 1, 1));
  const next = optimizer.update({
    parameter: x,
    role: "bias",
    gradient: gradients(loss, [x])[0],
    slots: Object.fromEntries(slotsIn(optimizer, [n]).map((slot) => [slot, input(slot, [n]) as Tensor])),
    scalars: Object.fromEntries(names.map((name) => [name, input(`scalar ${name}`, []) as Tensor])),
  });
  return graph({ loss, x: next.parameter, ...next.slots });
}

function startOf(optimizer: Optimizer, x: NDArray, options: object = optimizer.defaults): Record<string, NDArray> {
  const slots = optimizer.slots(options, { shape: x.shape, role: "bias" }).map((slot) => {
    const start = optimizer.initialSlot?.(options, slot) ?? 0;
    return [slot, { shape: x.shape, data: new Float64Array(x.data.length).fill(start) }];
  });
  return { x, ...Object.fromEntries(slots) };
}

function scalarsAt(optimizer: Optimizer, rate: number, step: number): Record<string, NDArray> {
  const scalars = Object.entries(optimizer.scalars(optimizer.defaults, rate, step));
  return Object.fromEntries(scalars.map(([name, value]) => [`scalar ${name}`, scalar(value)]));
}

/** Runs `steps` steps with a rate that falls along a cosine; the loss of the last step, Infinity when it diverges. */
function descend(optimizer: Optimizer, step: Graph, start: NDArray, rate: number, steps: number): number {
  let state = startOf(optimizer, start);
  for (let i = 0; i < steps; i++) {
    const factor = schedules.cosine.factor({ final: 0 }, { epoch: i, epochs: steps, losses: [] });
    state = evaluate(step, { ...state, ...scalarsAt(optimizer, rate * factor, i + 1) });
    if (!(state.loss.data[0] < 1e9)) return Number.POSITIVE_INFINITY;
  }
  return state.loss.data[0];
}

/** Whether some rate, tried in factors of about 3 as a search would, brings the loss below the target. */
const rates = [1, 0.3, 0.1, 0.03, 0.01, 0.002];
const reaches = (optimizer: Optimizer, step: Graph, start: NDArray, steps: number, target: number) =>
  rates.some((rate) => descend(optimizer, step, start, rate, steps) < target);

/** ½ (x₁ − 3)² + 2 (x₂ + 1)²: minimum 0 at (3, −1). */
const parabola = (x: Tensor) => {
  const centred = sub(x, weights(3, -1));
  return sum(mul(square(centred), weights(0.5, 2)));
};
/** (1 − x)² + 100 (y − x²)²: a banana-shaped valley, minimum 0 at (1, 1), 24.2 at (−1.2, 1). Rosenbrock 1960. */
const rosenbrock = (x: Tensor) => {
  const [first, second] = [sum(mul(x, weights(1, 0))), sum(mul(x, weights(0, 1)))];
  return add(square(sub(1, first)), mul(100, square(sub(second, square(first)))));
};

const recipeOf = (optimizer: Optimizer, options: object = {}): Recipe => ({
  model: mlp({ hidden: [4] }),
  loss: crossEntropy(),
  regularizers: [],
  optimizer: chosen("optimizer", optimizer, options),
  normalization: { mean: [0.5], deviation: [0.25] },
  height: 3,
  width: 3,
  channels: 1,
  classes: 3,
});

describe.each(catalogue)("%s", (name, optimizer) => {
  test("is listed by its name", () => expect(optimizer.name).toBe(name));

  test("reaches the minimum of a parabola", () => {
    expect(reaches(optimizer, stepOf(optimizer, 2, parabola), array(0, 1), 150, 1e-6)).toBe(true);
  });

  test("gets far down Rosenbrock's valley", () => {
    const step = stepOf(optimizer, 2, rosenbrock);
    expect(
      evaluate(step, { ...startOf(optimizer, array(-1.2, 1)), ...scalarsAt(optimizer, 0, 1) }).loss.data[0],
    ).toBeCloseTo(24.2, 10);
    expect(reaches(optimizer, step, array(-1.2, 1), 800, 1)).toBe(true);
  });

  test("a rate of 0 moves nothing, and a gradient of 0 moves nothing from the start", () => {
    const step = stepOf(optimizer, 2, parabola);
    const still = evaluate(step, { ...startOf(optimizer, array(0, 1)), ...scalarsAt(optimizer, 0, 1) });
    expect([...still.x.data]).toEqual([0, 1]);
    const settled = evaluate(step, { ...startOf(optimizer, array(3, -1)), ...scalarsAt(optimizer, 0.1, 1) });
    expect([...settled.x.data]).toEqual([3, -1]);
  });

  test("returns the slots that it lists, in the shape and dtype of the parameter", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const of = (label: string) => input(label, [2, 3], { dtype }) as Tensor;
      const scalars = Object.keys(optimizer.scalars(optimizer.defaults, 1, 1));
      const next = optimizer.update({
        parameter: of("x"),
        role: "bias",
        gradient: of("g"),
        slots: Object.fromEntries(slotsIn(optimizer, [2, 3]).map((slot) => [slot, of(slot)])),
        scalars: Object.fromEntries(scalars.map((label) => [label, input(label, [], { dtype }) as Tensor])),
      });
      expect(Object.keys(next.slots)).toEqual(slotsIn(optimizer, [2, 3]));
      for (const value of [next.parameter, ...Object.values(next.slots)]) {
        expect([value.dtype, value.shape]).toEqual([dtype, [2, 3]]);
      }
    }
  });

  test("names the same scalars at every step and rate, all finite", () => {
    const first = optimizer.scalars(optimizer.defaults, 0.1, 1);
    for (const [rate, step] of [
      [0.1, 1],
      [0, 2],
      [10, 1000],
      [1e-6, 1e6],
    ]) {
      const scalars = optimizer.scalars(optimizer.defaults, rate, step);
      expect(Object.keys(scalars)).toEqual(Object.keys(first));
      expect(Object.values(scalars).every(Number.isFinite)).toBe(true);
    }
  });

  test("the step graph depends on none of its options: nothing is rebuilt", () => {
    const plain = print(stepGraph(recipeOf(optimizer), 2));
    const halved = Object.entries(optimizer.defaults).map(([option, value]) => [option, (value as number) / 2]);
    expect(print(stepGraph(recipeOf(optimizer, Object.fromEntries(halved)), 2))).toBe(plain);
    expect(plain).toMatch(/^scalar\.\w+: scalar float32\[\]$/m);
  });

  test("a step graph carries every slot of every parameter", () => {
    const recipe = recipeOf(optimizer);
    const { inputs, outputs } = stepGraph(recipe, 2);
    const slots = inputs.filter(({ attrs }) => attrs.role === "slot");
    const parameters = inputs.filter(({ attrs }) => attrs.role === "weight" || attrs.role === "bias");
    expect(slots).toHaveLength(slotsIn(optimizer, [2]).length * parameters.length);
    expect(parameters).toHaveLength(4);
    for (const { attrs } of [...slots, ...parameters]) expect(outputs[`next ${attrs.name}`].shape).toEqual(attrs.shape);
  });
});

test("AdaGrad's sums may start above 0", () => {
  const recipe = { ...recipeOf(optimizers.adagrad), optimizer: adagrad({ initialAccumulator: 0.5 }) };
  const slots = slotsOf(recipe, [{ name: "w", shape: [2], role: "weight" } as never]);
  expect(slots).toEqual([{ name: "squares of w", shape: [2], start: 0.5 }]);
});

/** Lesson 6 of the Lab: the line y = wx + b through (1.5, 0.8), L = ½ (y − 0.8)², from w = 0.8, b = 0.2. */
test("AdaGrad accumulates the squares: 0.81, 1.086, 1.199, 1.247 for w and 0.36, 0.483, 0.533, 0.554 for b", () => {
  const line = (x: Tensor) => mul(0.5, square(sub(sum(mul(x, weights(1.5, 1))), 0.8)));
  const step = stepOf(optimizers.adagrad, 2, line);
  let state = startOf(optimizers.adagrad, array(0.8, 0.2));
  const sums: number[][] = [];
  const parameters: number[][] = [];
  for (let i = 1; i <= 4; i++) {
    state = evaluate(step, { ...state, ...scalarsAt(optimizers.adagrad, 0.1, i) });
    sums.push([...state.squares.data].map((v) => Number(v.toFixed(3))));
    parameters.push([...state.x.data]);
  }
  expect(sums).toEqual([
    [0.81, 0.36],
    [1.086, 0.483],
    [1.199, 0.533],
    [1.247, 0.554],
  ]);
  // The first step is η·sign(g).
  expect(parameters[0][0]).toBeCloseTo(0.7, 9);
  expect(parameters[0][1]).toBeCloseTo(0.1, 9);
});
