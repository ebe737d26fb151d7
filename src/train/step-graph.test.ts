/** The step's graph, in float64 by the reference evaluator: what each option adds, and that nothing is added without it. */
import { describe, expect, test } from "vitest";
import { evaluateOn, recipe } from "../../test/tiny.ts";
import { UsageError } from "../core/index.ts";
import { graph, input, print, type Tensor } from "../ir/index.ts";
import { hinge } from "../losses/index.ts";
import { cnn, mlp } from "../models/index.ts";
import { add } from "../ops/index.ts";
import { adam } from "../optimizers/index.ts";
import { elasticNet, l2, maxNorm } from "../regularizers/index.ts";
import type { Recipe } from "./recipe.ts";
import { network, scoreGraph } from "./recipe.ts";
import { accumulateGraph, applyGraph, stepGraph } from "./step-graph.ts";

type Given = Record<string, readonly number[]>;
const rate: Given = { "scalar.learningRate": [0.1] };
const flat = (value: { data: ArrayLike<number> } | undefined) => Array.from(value!.data);
const close = (actual: readonly number[], expected: readonly number[], digits = 12) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, digits);
};
/** The weights that a step starts from, as `evaluateOn` draws them. */
const start = (own: Recipe, name: string) => {
  const { inputs } = stepGraph(own, 1);
  const tensor = inputs.find(({ attrs }) => attrs.name === name) as unknown as Tensor;
  return flat(evaluateOn(graph({ same: add(tensor, 0) })).same);
};
/** What a step takes away from each parameter: with sgd at rate 0.1 a tenth of the gradient. */
function gradientOf(own: Recipe, batch: number, given: Given = {}): Record<string, number[]> {
  const outputs = evaluateOn(stepGraph(own, batch), { ...rate, ...given });
  return Object.fromEntries(
    ["hidden1.weight", "hidden1.bias", "scores.weight", "scores.bias"].map((name) => {
      const before = start(own, name);
      return [name, flat(outputs[`next ${name}`]).map((after, i) => (before[i]! - after) / 0.1)];
    }),
  );
}
const pixels = (count: number) => Array.from({ length: 9 * count }, (_, i) => (i * 37) % 256);

test("options that are absent leave the step as it is", () => {
  const off = { weighted: false, softTargets: false, clipNorm: false, clipValue: false, averaged: false };
  expect(print(stepGraph({ ...recipe, ...off }, 2))).toBe(print(stepGraph(recipe, 2)));
  const plain = { ...recipe, model: mlp({ hidden: [5], activation: "tanh", dropout: 0 }) };
  expect(print(stepGraph(plain, 2))).toBe(print(stepGraph(recipe, 2)));
});

describe("weights of examples", () => {
  const weighted = { ...recipe, weighted: true };
  const data = { pixels: pixels(4), labels: [0, 1, 2, 1] };

  test("the loss is Σ wᵢLᵢ / Σ wᵢ", () => {
    const { loss } = evaluateOn(stepGraph(weighted, 4), {
      ...rate,
      ...data,
      weights: [1, 2, 0.5, 0],
      share: [1 / 3.5],
    });
    const each = flat(evaluateOn(scoreGraph(recipe, 4), data).loss);
    close(flat(loss), [(each[0]! + 2 * each[1]! + 0.5 * each[2]!) / 3.5]);
  });

  test("a weight of 0 is as if the example were not there, a weight of 2 as if it were there twice", () => {
    const some = gradientOf(weighted, 4, { ...data, weights: [1, 0, 2, 0], share: [1 / 3] });
    const rows = [0, 2, 2].flatMap((row) => data.pixels.slice(9 * row, 9 * row + 9));
    const own = gradientOf(recipe, 3, { pixels: rows, labels: [0, 2, 2] });
    for (const name of Object.keys(own)) close(some[name]!, own[name]!);
  });

  test("a chunk of a longer step takes them, too", () => {
    const given = { ...data, weights: [1, 2, 0.5, 0], share: [1 / 3.5] };
    const whole = gradientOf(weighted, 4, given);
    const outputs = evaluateOn(accumulateGraph(weighted, 4), { ...given, "sum of scores.bias": [1, 2, 3] });
    close(
      flat(outputs["next sum of scores.bias"]),
      whole["scores.bias"]!.map((g, i) => g + i + 1),
    );
  });
});

describe("soft targets", () => {
  const soft = { ...recipe, softTargets: true };
  const data = { pixels: pixels(2) };

  test("that are one-hot give the step of the labels", () => {
    const hard = gradientOf(recipe, 2, { ...data, labels: [2, 0] });
    const same = gradientOf(soft, 2, { ...data, targets: [0, 0, 1, 1, 0, 0] });
    for (const name of Object.keys(hard)) close(same[name]!, hard[name]!);
  });

  test("the gradient by the scores is softmax minus target", () => {
    const targets = [0.2, 0.3, 0.5, 0.1, 0.8, 0.1];
    const { scores } = evaluateOn(scoreGraph(soft, 2), { ...data, targets });
    const p = [0, 1].flatMap((row) => {
      const own = flat(scores)
        .slice(3 * row, 3 * row + 3)
        .map(Math.exp);
      return own.map((e) => e / own.reduce((total, one) => total + one, 0));
    });
    const bias = [0, 1, 2].map((c) => (p[c]! - targets[c]! + p[3 + c]! - targets[3 + c]!) / 2);
    close(gradientOf(soft, 2, { ...data, targets })["scores.bias"]!, bias);
  });

  test("are refused with a loss that needs one true class, naming those that fit", () => {
    const build = () => stepGraph({ ...soft, loss: hinge() }, 2);
    expect(build).toThrow(UsageError);
    expect(build).toThrow(/^loss hinge: .*a loss that does not fit the targets; choose one of cross-entropy, .*mse/);
  });
});

describe("clipping", () => {
  const data = { pixels: pixels(3), labels: [0, 1, 2] };
  const plain = gradientOf(recipe, 3, data);
  const norm = Math.sqrt(
    Object.values(plain)
      .flat()
      .reduce((total, g) => total + g * g, 0),
  );

  test("by norm shortens the gradient of all parameters as one vector", () => {
    expect(norm).toBeGreaterThan(0.5);
    const own = gradientOf({ ...recipe, clipNorm: true }, 3, { ...data, "clip.norm": [0.5] });
    for (const name of Object.keys(plain))
      close(
        own[name]!,
        plain[name]!.map((g) => (g * 0.5) / (norm + 1e-6)),
      );
  });

  test("by norm leaves a shorter gradient alone", () => {
    const own = gradientOf({ ...recipe, clipNorm: true }, 3, { ...data, "clip.norm": [norm + 1] });
    for (const name of Object.keys(plain)) close(own[name]!, plain[name]!);
  });

  test("by value bounds each number", () => {
    const own = gradientOf({ ...recipe, clipValue: true }, 3, { ...data, "clip.value": [0.1] });
    const all = Object.values(plain).flat();
    expect(all.some((g) => g > 0.1) && all.some((g) => g < -0.1)).toBe(true);
    for (const name of Object.keys(plain))
      close(
        own[name]!,
        plain[name]!.map((g) => Math.min(0.1, Math.max(-0.1, g))),
      );
  });

  test("acts on the summed gradient of a longer step, and on the penalties with it", () => {
    const own = { ...recipe, clipNorm: true, regularizers: [l2(1)] };
    const sums = Object.fromEntries(Object.keys(plain).map((name) => [`sum of ${name}`, plain[name]!]));
    const given = { ...rate, ...sums, "clip.norm": [0.5], "strength.l2": [1] };
    const applied = evaluateOn(applyGraph(own), given);
    const direct = evaluateOn(stepGraph(own, 3), { ...given, ...data });
    for (const name of Object.keys(plain)) close(flat(applied[`next ${name}`]), flat(direct[`next ${name}`]));
  });
});

describe("averages of the weights", () => {
  test("move towards the weights after the update", () => {
    const own = { ...recipe, averaged: true };
    const given = { ...rate, pixels: pixels(2), labels: [0, 1], "average.kept": [0.75], "average.taken": [0.25] };
    const outputs = evaluateOn(stepGraph(own, 2), given);
    for (const name of ["hidden1.weight", "scores.bias"]) {
      const before = start(own, `average of ${name}`);
      const next = flat(outputs[`next ${name}`]);
      close(
        flat(outputs[`next average of ${name}`]),
        next.map((w, i) => 0.75 * before[i]! + 0.25 * w),
      );
    }
  });
});

describe("limits to the weights", () => {
  const own: Recipe = { ...recipe, regularizers: [maxNorm(0.7)], optimizer: adam(), averaged: true };
  const norms = (w: readonly number[], columns: number) =>
    Array.from({ length: columns }, (_, c) =>
      Math.sqrt(w.filter((_, i) => i % columns === c).reduce((total, one) => total + one * one, 0)),
    );
  const scalars = { "scalar.stepSize": [0.1], "scalar.beta1": [0.9], "scalar.beta2": [0.9], "scalar.epsilon": [1] };
  const given: Given = { ...scalars, "strength.max-norm.limit": [0.7], "average.kept": [0], "average.taken": [1] };

  test("hold after the update, in a batch's step and in a longer one, for the averages too", () => {
    const slots = Object.fromEntries(
      stepGraph(own, 2).inputs.flatMap(({ attrs: { name, role, shape } }) =>
        role === "slot" ? [[name, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.5)]] : [],
      ),
    );
    for (const step of [stepGraph(own, 2), applyGraph(own)]) {
      const outputs = evaluateOn(step, { ...slots, ...given, pixels: pixels(2), labels: [0, 1] });
      for (const name of ["next hidden1.weight", "next average of hidden1.weight"]) {
        for (const norm of norms(flat(outputs[name]), 5)) expect(norm).toBeLessThan(0.7 + 1e-9);
      }
      expect(Math.max(...norms(flat(outputs["next hidden1.weight"]), 5))).toBeCloseTo(0.7, 9);
    }
  });

  test("a penalty on the biases is there when it is asked for", () => {
    const inputs = (biases: boolean) =>
      gradientOf({ ...recipe, regularizers: [elasticNet(1, { biases })] }, 1, {
        "strength.elastic-net.l1": [0.5],
        "strength.elastic-net.l2": [0.25],
      });
    const bias = start(recipe, "scores.bias");
    const [without, beside] = [inputs(false), inputs(true)];
    close(
      beside["scores.bias"]!,
      without["scores.bias"]!.map((g, i) => g + 0.5 * Math.sign(bias[i]!) + 0.5 * bias[i]!),
    );
    close(beside["scores.weight"]!, without["scores.weight"]!);
  });
});

describe("dropout", () => {
  const own = { ...recipe, model: mlp({ hidden: [5], activation: "tanh", dropout: 0.5 }) };
  const data = { pixels: pixels(1), labels: [1] };

  test("the gradient flows through the survivors alone, scaled", () => {
    const noise = {
      "hidden1.dropout": [0, 127, 128, 255, 3],
      "hidden1.dropout.threshold": [128],
      "hidden1.dropout.scale": [2],
    };
    const outputs = gradientOf(own, 1, { ...data, ...noise });
    // Weights into the units 0, 1 and 4 get nothing, nor do those out of them.
    const into = outputs["hidden1.weight"]!;
    for (let i = 0; i < 9; i++) {
      for (const [unit, moves] of [false, false, true, true, false].entries()) {
        expect(Math.abs(into[5 * i + unit]!) > 1e-9).toBe(moves);
      }
    }
    const out = outputs["scores.weight"]!;
    for (const [unit, moves] of [false, false, true, true, false].entries()) {
      for (const c of [0, 1, 2]) expect(Math.abs(out[3 * unit + c]!) > 1e-9).toBe(moves);
    }
  });

  test("a rate of 0 in effect, and a scale of 1, are the network without it", () => {
    const noise = { "hidden1.dropout.threshold": [0], "hidden1.dropout.scale": [1] };
    const plain = gradientOf(recipe, 1, data);
    const open = gradientOf(own, 1, { ...data, ...noise });
    for (const name of Object.keys(plain)) close(open[name]!, plain[name]!);
  });

  test("stands after each hidden layer of an mlp, and before the scores of a cnn", () => {
    const noise = (model: Recipe["model"]) => network({ ...recipe, model }, 2, "training").noise;
    expect(noise(mlp({ hidden: [5, 4], dropout: 0.5 }))).toMatchObject([
      { name: "hidden1.dropout", shape: [2, 5], rate: 0.5 },
      { name: "hidden2.dropout", shape: [2, 4], rate: 0.5 },
    ]);
    expect(noise(cnn({ channels: [6], dropout: 0.2 }))).toMatchObject([
      { name: "scores.dropout", shape: [2, 6], rate: 0.2 },
    ]);
    expect(noise(cnn({ channels: [6] }))).toEqual([]);
  });

  test("is not in the graph that scores", () => {
    expect(print(scoreGraph(own, 2))).toBe(print(scoreGraph(recipe, 2)));
  });

  test("another rate is the same graph", () => {
    const other = { ...own, model: mlp({ hidden: [5], activation: "tanh", dropout: 0.1 }) };
    expect(print(stepGraph(other, 2))).toBe(print(stepGraph(own, 2)));
    const bytes = input("hidden1.dropout", [2, 5], { dtype: "uint8" });
    expect(print(stepGraph(own, 2))).toContain(`hidden1.dropout: ${bytes.attrs.role} uint8[2,5]`);
  });
});
