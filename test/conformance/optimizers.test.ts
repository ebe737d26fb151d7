/** Every optimizer of the catalogue through one suite: it goes downhill, keeps its state in order, never rebuilds. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { chosen } from "../../src/core/index.ts";
import { constant, type Graph, type NDArray, print, type Tensor, topological } from "../../src/ir/index.ts";
import { crossEntropy } from "../../src/losses/index.ts";
import { mlp } from "../../src/models/index.ts";
import { add, mul, reshape, square, sub, sum } from "../../src/ops/index.ts";
import { type Optimizer, optimizers } from "../../src/optimizers/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { schedules } from "../../src/schedules/index.ts";
import { decodeTensors, encodeTensors } from "../../src/train/checkpoint.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { stepGraph } from "../../src/train/step-graph.ts";
import { runNative } from "./native.ts";
import { filled, nextOf, type Settled, scalarsAt, settled, slotsOf, startOf, stepped, updateGraph } from "./update.ts";

const catalogue = Object.entries(optimizers) as [string, Optimizer][];
const array = (shape: readonly number[], ...values: number[]): NDArray => ({
  shape: [...shape],
  data: Float64Array.from(values),
});
const weights = (...values: number[]) => constant(values);

/** The same two numbers as a bias and, in case that makes a difference, as a weight. */
const places = [
  { role: "bias", shape: [2] },
  { role: "weight", shape: [1, 2] },
] as const;
type Facts = (typeof places)[number];

/** One step on a function of two numbers. */
const stepOn = (of: Settled, facts: Facts, f: (x: Tensor) => Tensor): Graph =>
  updateGraph(of, facts, (x) => {
    const loss = f(reshape(x, [2]));
    return { loss, gradient: gradients(loss, [x])[0]! };
  });

/** Whether the loss falls below the target within `steps` steps with a rate that falls along a cosine. */
function descends(
  of: Settled,
  { role, shape }: Facts,
  step: Graph,
  start: number[],
  rate: number,
  steps: number,
  target: number,
): boolean {
  let state = startOf(of, array(shape, ...start), role);
  for (let i = 0; i < steps; i++) {
    const factor = schedules.cosine.factor({ final: 0 }, { epoch: i, epochs: steps, losses: [] });
    state = nextOf(evaluate(step, { ...state, ...scalarsAt(of, rate * factor, i + 1) }));
    const loss = state.loss!.data[0]!;
    if (loss < target) return true;
    if (!(loss < 1e9)) return false;
  }
  return false;
}

/**
 * Whether some rate, tried as a search would, brings the loss below the target: multiples of the optimizer's own default,
 * which is meant for networks, where a step moves thousands of weights. The number of steps is that of the slowest starter,
 * RAdam, which spends the first thousands on warming itself up.
 */
const multiples = [1, 30, 5, 0.1, 100, 0.03];
const reaches = (
  of: Settled,
  facts: Facts,
  f: (x: Tensor) => Tensor,
  start: number[],
  steps: number,
  target: number,
) => {
  const step = stepOn(of, facts, f);
  const rates = multiples.map((multiple) => multiple * of.options.learningRate);
  return rates.some((rate) => descends(of, facts, step, start, rate, steps, target));
};

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
const printed = (optimizer: Optimizer, options: object = {}) => print(stepGraph(recipeOf(optimizer, options), 2));

/** The options that shape the graph, in all combinations of off and on. */
function shapesOf(optimizer: Optimizer): Settled[] {
  const variants = Object.keys(optimizer.structural ?? {}).reduce<object[]>(
    (all, option) => {
      const usual = (optimizer.defaults as unknown as Record<string, unknown>)[option];
      const values = typeof usual === "boolean" ? [false, true] : [0, 0.3];
      return all.flatMap((other) => values.map((value) => ({ ...other, [option]: value })));
    },
    [{}],
  );
  return variants.map((options) => settled(optimizer, options));
}
/** Without what pulls away from the minimum. */
const undecayed = (optimizer: Optimizer) =>
  settled(optimizer, "weightDecay" in optimizer.defaults ? { weightDecay: 0 } : {});

/** The places in which a rule is another one: for most it is the same for a bias and a weight, and one descent says it all. */
function distinctPlaces(optimizer: Optimizer): readonly Facts[] {
  const ops = (facts: Facts) => {
    const { outputs } = updateGraph(undecayed(optimizer), facts);
    return topological(Object.values(outputs)).map(({ op }) => op.name);
  };
  return ops(places[0]).join() === ops(places[1]).join() ? [places[0]] : places;
}

const numbersOf = (optimizer: Optimizer) =>
  Object.entries(optimizer.defaults).filter(([, value]) => typeof value === "number") as [string, number][];
const booleansOf = (optimizer: Optimizer) =>
  Object.entries(optimizer.defaults).filter(([, value]) => typeof value === "boolean");

describe.each(catalogue)("%s", (name, optimizer) => {
  const structural = Object.keys(optimizer.structural ?? {});

  test("is listed by its name and says what it is", () => {
    expect(optimizer.name).toBe(name);
    expect(optimizer.summary).toMatch(/^\S.{10,70}\S$/);
  });

  test("every number but the rate has a range, and the default lies in it", () => {
    for (const [option, value] of numbersOf(optimizer).filter(([option]) => option !== "learningRate")) {
      const [low, high] = optimizer.ranges![option]!;
      expect([option, value >= low && value < high]).toEqual([option, true]);
    }
    expect(numbersOf(optimizer).length + booleansOf(optimizer).length).toBe(Object.keys(optimizer.defaults).length);
  });

  test.each(distinctPlaces(optimizer))("reaches the minimum of a parabola with a $role", (facts) => {
    expect(reaches(undecayed(optimizer), facts, parabola, [0, 1], 2000, 1e-6)).toBe(true);
  });

  test.each(distinctPlaces(optimizer))("gets far down Rosenbrock's valley with a $role", (facts) => {
    const of = undecayed(optimizer);
    const first = { ...startOf(of, array(facts.shape, -1.2, 1), facts.role), ...scalarsAt(of, 0, 1) };
    expect(evaluate(stepOn(of, facts, rosenbrock), first).loss!.data[0]).toBeCloseTo(24.2, 10);
    expect(reaches(of, facts, rosenbrock, [-1.2, 1], 6000, 0.5)).toBe(true);
  });

  test("a rate of 0 moves nothing; without decay, a gradient of 0 moves nothing from the start", () => {
    for (const of of shapesOf(optimizer)) {
      for (const { shape, role } of places) {
        const start = startOf(of, array(shape, 0.7, -3), role);
        expect([...stepped(of, role, start, array(shape, 3, -1), 0).x!.data]).toEqual([0.7, -3]);
        const decays = role === "weight" && "weightDecay" in of.options && of.options.weightDecay !== 0;
        if (!decays) expect([...stepped(of, role, start, filled(shape, 0), 0.1).x!.data]).toEqual([0.7, -3]);
      }
    }
  });

  test("returns the slots that it lists, in the shape and dtype of the parameter", () => {
    for (const of of shapesOf(optimizer)) {
      for (const facts of [{ role: "weight", shape: [2, 3, 3, 3] } as const, ...places]) {
        for (const dtype of ["float32", "float64"] as const) {
          const { x, ...slots } = nextOf(updateGraph(of, { ...facts, dtype }).outputs);
          expect(Object.keys(slots)).toEqual([...slotsOf(of, facts)]);
          for (const value of [x!, ...Object.values(slots)]) {
            expect([value.dtype, value.shape]).toEqual([dtype, facts.shape]);
          }
        }
      }
    }
  });

  test("names the same scalars at every step and rate, all finite, in whatever order they are asked for", () => {
    for (const { unit, options } of shapesOf(optimizer)) {
      const asked = [
        [0.1, 1],
        [0.1, 2],
        [0, 3],
        [10, 1000],
        [1e-6, 1e6],
      ] as const;
      const answers = asked.map(([rate, step]) => unit.scalars(options, rate, step));
      for (const scalars of answers) {
        expect(Object.keys(scalars)).toEqual(Object.keys(answers[0]!));
        expect(Object.values(scalars).filter((value) => !Number.isFinite(value))).toEqual([]);
      }
      const backwards = asked.toReversed().map(([rate, step]) => unit.scalars(options, rate, step));
      expect(backwards.toReversed()).toEqual(answers);
    }
  });

  test("the step graph depends on the options that are said to shape it, and on no other: nothing is rebuilt", () => {
    const plain = printed(optimizer);
    expect(plain).toMatch(/^scalar\.\w+: scalar float32\[\]$/m);
    for (const [option, value] of numbersOf(optimizer)) {
      if (structural.includes(option)) {
        const [off, some, more] = [0, 0.3, 0.4].map((other) => printed(optimizer, { [option]: other }));
        expect([option, some === more, some === off]).toEqual([option, true, false]);
      } else {
        const others = [value / 2, value === 0 ? 0.5 : value * 0.999, optimizer.ranges?.[option]?.[0] ?? 1];
        for (const other of others) expect([option, printed(optimizer, { [option]: other })]).toEqual([option, plain]);
      }
    }
    for (const [option, value] of booleansOf(optimizer)) {
      const changes = printed(optimizer, { [option]: !value }) !== plain;
      expect([option, changes]).toEqual([option, structural.includes(option)]);
    }
    for (const [option, reason] of Object.entries(optimizer.structural ?? {})) {
      expect(Object.keys(optimizer.defaults)).toContain(option);
      expect(reason).toMatch(/^\S.{15,}\S$/);
    }
  });

  test("a step graph carries every slot of every parameter", () => {
    for (const of of shapesOf(optimizer)) {
      const { inputs, outputs } = stepGraph(recipeOf(optimizer, of.options), 2);
      const slots = inputs.filter(({ attrs }) => attrs.role === "slot");
      const parameters = inputs.filter(({ attrs }) => attrs.role === "weight" || attrs.role === "bias");
      const listed = parameters.flatMap(({ attrs: { role, shape } }) =>
        slotsOf(of, { role: role as "weight", shape: shape as number[] }),
      );
      expect(parameters).toHaveLength(4);
      expect(slots).toHaveLength(listed.length);
      for (const { attrs } of [...slots, ...parameters])
        expect(outputs[`next ${attrs.name}`]!.shape).toEqual(attrs.shape);
    }
  });

  test("goes on from a checkpoint to the bit", async () => {
    const shape = [2, 3];
    const gradientAt = (step: number) =>
      array(shape, ...Array.from({ length: 6 }, (_, i) => Math.sin(i + step * step)));
    for (const of of shapesOf(optimizer)) {
      const step = updateGraph(of, { role: "weight", shape });
      const run = async (state: Readonly<Record<string, NDArray>>, from: number, to: number) => {
        let next = state;
        for (let t = from; t <= to; t++)
          next = nextOf(await runNative(step, { ...next, g: gradientAt(t), ...scalarsAt(of, 0.01, t) }));
        return next;
      };
      const half = await run(startOf(of, array(shape, 1, 2, 3, -1, 0, 0.5), "weight"), 1, 3);
      const whole = await run(half, 4, 6);
      const blocks = Object.entries(half).map(([slot, { data }]) => [slot, { shape, data: Float32Array.from(data) }]);
      const file = Buffer.concat(encodeTensors(Object.fromEntries(blocks)));
      const { tensors } = decodeTensors(file, "checkpoint");
      const read = Object.entries(tensors).map(([slot, { data }]) => [slot, { shape, data: Float64Array.from(data) }]);
      // Whoever goes on may have trained something else in the meantime.
      optimizer.scalars({ ...of.options }, 1, 1000);
      expect(await run(Object.fromEntries(read), 4, 6)).toEqual(whole);
    }
  });

  test("stays finite in float32 where a weight has no gradient, with every option as low as it may be", async () => {
    const lowest = Object.entries(optimizer.ranges ?? {}).map(([option, [low]]) => [option, low]);
    for (const options of [{}, Object.fromEntries(lowest), ...lowest.map((one) => Object.fromEntries([one]))]) {
      for (const of of shapesOf(optimizer).map(({ unit, options: shaping }) =>
        settled(unit, { ...shaping, ...options }),
      )) {
        const step = updateGraph(of, { role: "weight", shape: [2, 2] });
        let state: Readonly<Record<string, NDArray>> = startOf(of, filled([2, 2], 1), "weight");
        for (let t = 1; t <= 2; t++) {
          state = nextOf(await runNative(step, { ...state, g: array([2, 2], 0, 1, 0, -2), ...scalarsAt(of, 1e-3, t) }));
        }
        const broken = Object.entries(state).filter(([, { data }]) => !data.every(Number.isFinite));
        expect([options, broken.map(([slot]) => slot)]).toEqual([options, []]);
      }
    }
  });
});

const decaying = catalogue.filter(([, { defaults }]) => "weightDecay" in defaults);
test.each(decaying)("%s: decay takes ηλ of each weight, and nothing of a bias", (_, optimizer) => {
  const g = array([2, 2], 0.3, -2, 0, 1);
  const moved = (role: "weight" | "bias", weightDecay: number) => {
    const of = settled(optimizer, { weightDecay });
    return stepped(of, role, startOf(of, array([2, 2], 1, -2, 3, 4), role), g, 0.1).x!.data;
  };
  const [without, decayed] = [moved("weight", 0), moved("weight", 0.5)];
  [1, -2, 3, 4].forEach((w, i) => {
    expect(without[i]! - decayed[i]!).toBeCloseTo(0.1 * 0.5 * w, 12);
  });
  expect(moved("bias", 0.5)).toEqual(moved("bias", 0));
});
