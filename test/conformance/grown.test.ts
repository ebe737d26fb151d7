/** New states that grow in the memory that they get are those of the standard operators, bit by bit, and the old ones stay. */
import { expect, test } from "vitest";
import { chosen, Random } from "../../src/core/index.ts";
import { crossEntropy } from "../../src/losses/index.ts";
import { models } from "../../src/models/index.ts";
import { begunName, lower, lowerNative } from "../../src/onnx/index.ts";
import { momentum, nesterov, type OptimizerChoice, sgd } from "../../src/optimizers/index.ts";
import { allocate, type Value } from "../../src/runtime/index.ts";
import { loadNative } from "../../src/runtime/node/index.ts";
import { stepGraph } from "../../src/train/step-graph.ts";

const native = await loadNative({ threads: 2 });
if (native instanceof Error) throw native;
const runtime = native;

const traced = (optimizer: OptimizerChoice) =>
  stepGraph(
    {
      model: chosen("model", models.mlp, { hidden: [1024, 64] }),
      loss: crossEntropy(),
      regularizers: [],
      optimizer,
      normalization: { mean: [0.5], deviation: [0.3] },
      height: 8,
      width: 8,
      channels: 1,
      classes: 10,
    },
    16,
  );

/** Three steps from the same random state. @returns all states, and the outputs of the model */
async function steps(optimizer: OptimizerChoice, form: "standard" | "native") {
  const graph = traced(optimizer);
  const model = form === "native" ? lowerNative(graph, "grown")! : lower(graph, "grown");
  const session = await runtime.createSession(model, {
    kept: Object.keys(graph.outputs).filter((name) => name !== "loss"),
  });
  const random = new Random(5, "grown");
  const feeds: Record<string, Value> = {};
  for (const { attrs } of graph.inputs) {
    const value = allocate(attrs.dtype as "float32", attrs.shape);
    const scale = attrs.role === "scalar" ? 0.9 : attrs.dtype === "uint8" ? 255 : attrs.dtype === "int32" ? 9 : 0.2;
    // Squares and what else is a slot must not be negative.
    const { data } = value as { data: Float32Array };
    data.forEach((_, i) => {
      data[i] = scale * random.uniform();
    });
    feeds[attrs.name] = value;
  }
  const loss = allocate("float32", []);
  const states: Record<string, Float32Array>[] = [];
  let front = feeds;
  for (let step = 0; step < 3; step++) {
    const back: Record<string, Value> = {};
    const outputs: Record<string, Value> = { loss };
    for (const [name, tensor] of Object.entries(graph.outputs)) {
      if (name === "loss") continue;
      const value = allocate("float32", tensor.shape);
      back[name.slice("next ".length)] = value;
      for (const output of [name, begunName(name)]) if (session.outputNames.includes(output)) outputs[output] = value;
    }
    const before = Object.values(front).map(({ data }) => Buffer.from(data.slice().buffer));
    await session.bind(front, outputs)();
    const after = Object.values(front).map(({ data }) => Buffer.from(data.slice().buffer));
    expect(after.every((bytes, i) => bytes.equals(before[i]))).toBe(true);
    states.push(
      Object.fromEntries(Object.entries(back).map(([name, { data }]) => [name, (data as Float32Array).slice()])),
    );
    front = { ...feeds, ...back };
  }
  await session.release();
  return { states, outputs: session.outputNames };
}

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

test("what something else reads does not grow, nor what is made of more than the state", async () => {
  // The gradient is a part of Nesterov's step as well; decay scales the weights first.
  expect((await steps(nesterov(), "native")).outputs).not.toContain(begunName("next velocity of hidden1.weight"));
  expect((await steps(momentum({ weightDecay: 0.1 }), "native")).outputs).not.toContain(
    begunName("next hidden1.weight"),
  );
});
