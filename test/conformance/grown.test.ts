/** New states that grow in the memory that they get are those of the standard operators, bit by bit, and the old ones stay. */
import { expect, test } from "vitest";
import { chosen } from "../../src/core/index.ts";
import { crossEntropy } from "../../src/losses/index.ts";
import { models } from "../../src/models/index.ts";
import { begunName, partOfName } from "../../src/onnx/index.ts";
import { momentum, nesterov, type OptimizerChoice, sgd } from "../../src/optimizers/index.ts";
import { stepGraph } from "../../src/train/step-graph.ts";
import { type Form, stepsOf } from "./steps.ts";

const traced = (optimizer: OptimizerChoice, hidden = [1024, 64], side = 8) =>
  stepGraph(
    {
      model: chosen("model", models.mlp, { hidden }),
      loss: crossEntropy(),
      regularizers: [],
      optimizer,
      normalization: { mean: [0.5], deviation: [0.3] },
      height: side,
      width: side,
      channels: 1,
      classes: 10,
    },
    16,
  );

const steps = (optimizer: OptimizerChoice, form: Form) => stepsOf(traced(optimizer), form, 3);

test.each<[string, OptimizerChoice, string[]]>([
  ["momentum", momentum(), ["velocity of hidden1.weight", "hidden1.weight", "velocity of hidden2.weight"]],
  ["nesterov", nesterov(), ["hidden1.weight"]],
  ["sgd", sgd(), ["hidden1.weight", "hidden2.weight"]],
])("%s", async (_, optimizer, grown) => {
  const own = await steps(optimizer, "native");
  const standard = await steps(optimizer, "standard");
  for (const name of grown) expect(own.outputs).toContain(begunName(`next ${name}`));
  for (const [step, state] of standard.states.entries()) {
    for (const [name, numbers] of Object.entries(state)) {
      const off = numbers.reduce((most, value, i) => Math.max(most, Math.abs(own.states[step][name][i] - value)), 0);
      // Gradients of biases are sums in another order.
      expect(off, name).toBeLessThanOrEqual(step === 0 && name.includes("weight") ? 0 : 1e-5);
    }
  }
});

test("states larger than caches grow part by part", async () => {
  // 3136 → 1360: 4.3 million weights.
  const graph = traced(momentum(), [1360], 56);
  const own = await stepsOf(graph, "native", 2);
  const standard = await stepsOf(graph, "standard", 2);
  for (const whole of ["next hidden1.weight", "next velocity of hidden1.weight"]) {
    const parts = own.outputs.filter((name) => partOfName(name).whole === whole);
    const { count } = partOfName(parts[0]);
    expect(count).toBeGreaterThan(1);
    // Each part and what it is begun with.
    expect(parts).toHaveLength(2 * count);
    const name = whole.slice("next ".length);
    expect(standard.states[0][name].every((value, i) => own.states[0][name][i] === value)).toBe(true);
  }
  // Velocities may lie where they were, and nothing else.
  const there = await stepsOf(graph, "native", 2, true);
  expect(there.once).toEqual(new Set(["velocity of hidden1.weight"]));
  for (const [name, numbers] of Object.entries(own.states[1])) {
    expect(
      numbers.every((value, i) => there.states[1][name][i] === value),
      name,
    ).toBe(true);
  }
  const [last, other] = [own, standard].map(({ states }) => states[1]["hidden1.weight"]);
  expect(other.reduce((most, value, i) => Math.max(most, Math.abs(last[i] - value)), 0)).toBeLessThan(1e-5);
});

test("a large velocity that decayed weights read as well is in one piece, which may lie where it was", async () => {
  const graph = traced(momentum({ weightDecay: 0.1 }), [1360], 56);
  const [own, standard] = [await stepsOf(graph, "native", 2, true), await stepsOf(graph, "standard", 2)];
  expect(own.outputs.filter((name) => partOfName(name).count > 1)).toEqual([]);
  expect(own.once).toEqual(new Set(["velocity of hidden1.weight"]));
  for (const [name, numbers] of Object.entries(standard.states[1])) {
    const off = numbers.reduce((most, value, i) => Math.max(most, Math.abs(own.states[1][name][i] - value)), 0);
    expect(off, name).toBeLessThan(1e-5);
  }
});

test("what something else reads does not grow, nor what is made of more than the state", async () => {
  // The gradient is a part of Nesterov's step as well; decay scales the weights first.
  expect((await steps(nesterov(), "native")).outputs).not.toContain(begunName("next velocity of hidden1.weight"));
  expect((await steps(momentum({ weightDecay: 0.1 }), "native")).outputs).not.toContain(
    begunName("next hidden1.weight"),
  );
});
