/** Buffers on their way through a run: each step makes them of its own pictures, nothing else changes them, and scoring takes them. */
import { describe, expect, test } from "vitest";
import { indices, pictures, planOf, recipe, run } from "../../test/tiny.ts";
import { graph, type NDArray } from "../ir/index.ts";
import { resnet } from "../models/index.ts";
import { runningScalars } from "../nn/index.ts";
import { sgd } from "../optimizers/index.ts";
import { evaluate } from "../reference/index.ts";
import { l2 } from "../regularizers/index.ts";
import { orderOf } from "./order-of.ts";
import { weightsOf } from "./plan.ts";
import { network } from "./recipe.ts";
import { stepGraph } from "./step-graph.ts";

const normed = { ...recipe, model: resnet({ depth: 8, width: 2 }), optimizer: sgd({ learningRate: 1e-30 }) };
const mean = "stem.norm.mean";

/** The buffers after a step on some pictures, from those before it, in float64. */
function buffersAfter(state: Readonly<Record<string, ArrayLike<number>>>, which: Int32Array, step: number) {
  const net = network(normed, which.length, "noiseless");
  const traced = graph(Object.fromEntries(net.buffers.map(({ name, next }) => [name, next])));
  const { pixels } = pictures().store;
  const own = Array.from(which).flatMap((index) => Array.from(pixels.subarray(9 * index, 9 * index + 9)));
  const all: Record<string, ArrayLike<number>> = { ...state, pixels: own };
  for (const [name, value] of Object.entries(runningScalars(step))) all[name] = [value];
  const feeds = traced.inputs.map(({ attrs: { name, shape } }): [string, NDArray] => [
    name,
    { shape, data: Float64Array.from(all[name]!) },
  ]);
  return Object.fromEntries(
    Object.entries(evaluate(traced, Object.fromEntries(feeds))).map(([name, { data }]) => [name, data]),
  );
}

describe("running statistics", () => {
  test("follow whole batches and the smaller last one, each by its own pictures", async () => {
    // 28 pictures in batches of 12: 12, 12 and 4. The weights do not move, so that the statistics can be followed.
    const request = { recipe: normed, batchSize: 12, epochs: 1 };
    const { state } = await run(request);
    const plan = planOf(request);
    const order = orderOf(plan, 1);
    let expected: Record<string, ArrayLike<number>> = { ...plan.initial };
    [0, 12, 24].forEach((start, i) => {
      expected = { ...expected, ...buffersAfter(expected, order.subarray(start, Math.min(start + 12, 28)), i + 1) };
    });
    expect(plan.buffers).toHaveLength(14);
    for (const { name } of plan.buffers) {
      state[name]!.forEach((value, i) => {
        expect(value, name).toBeCloseTo(expected[name]![i]!, 4);
      });
    }
  });

  test("go on from batch to batch of one step", async () => {
    const request = { recipe: normed, batchSize: 14, accumulate: 2, epochs: 1 };
    const { state } = await run(request);
    const plan = planOf(request);
    const order = orderOf(plan, 1);
    const first = buffersAfter(plan.initial, order.subarray(0, 14), 1);
    const second = buffersAfter({ ...plan.initial, ...first }, order.subarray(14, 28), 1);
    state[mean]!.forEach((value, i) => {
      expect(value).toBeCloseTo(second[mean]![i]!, 5);
      expect(value).not.toBeCloseTo(first[mean]![i]!, 5);
    });
  });

  test("belong to the weights that are scored, and their averages to the averaged weights", async () => {
    const request = { recipe: normed, averageWeights: 0.9, epochs: 2 };
    const { state, epochs } = await run(request);
    const plan = planOf(request);
    const weights = weightsOf(plan, state);
    expect(weights[mean]).toBe(state[`average of ${mean}`]);
    expect([...weights[mean]!]).not.toEqual([...state[mean]!]);
    // What the trainer said of the validation pictures, from the reference and these weights alone.
    const which = indices(28, 34);
    const net = network(normed, which.length, "scoring");
    const { pixels, labels } = { ...pictures(), pixels: pictures().store.pixels.subarray(28 * 9, 34 * 9) };
    const traced = graph({ scores: net.scores });
    const feeds = Object.fromEntries(
      traced.inputs.map(({ attrs: { name, shape } }) => [
        name,
        { shape, data: Float64Array.from(name === "pixels" ? pixels : weights[name]!) },
      ]),
    );
    const { scores } = evaluate(traced, feeds);
    const losses = Array.from(which, (index, row) => {
      const own = Array.from(scores.data.subarray(3 * row, 3 * row + 3));
      return Math.log(own.reduce((sum, score) => sum + Math.exp(score), 0)) - own[labels[index]!]!;
    });
    const expected = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(epochs.at(-1)!.validation!.loss).toBeCloseTo(expected, 4);
  });

  test("are not differentiated, not penalised, and have no slot", () => {
    const step = stepGraph({ ...normed, regularizers: [l2(0.1)] }, 4);
    const { slots, parameters } = planOf({ recipe: normed });
    expect(slots).toEqual([]);
    expect(parameters.map(({ name }) => name)).not.toContain(mean);
    // Its only use is its own next value.
    const users = new Set<unknown>();
    const [own] = step.inputs.filter(({ attrs }) => attrs.name === mean);
    const walk = (tensor: (typeof step.outputs)[string]): void => {
      for (const operand of tensor.inputs) {
        if (operand === own) users.add(tensor);
        walk(operand);
      }
    };
    walk(step.outputs[`next ${mean}`]!);
    expect(own!.attrs.role).toBe("buffer");
    expect(users.size).toBe(1);
  });
});
