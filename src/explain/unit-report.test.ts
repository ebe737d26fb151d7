import { describe, expect, test } from "vitest";
import { Random, sizeOf } from "../core/index.ts";
import { type InputAttrs, input, isConstant, isInput, type NDArray, type Tensor, topological } from "../ir/index.ts";
import { losses } from "../losses/index.ts";
import { cnn, mlp, models } from "../models/index.ts";
import { activations, Parameters } from "../nn/index.ts";
import { dequantize } from "../ops/index.ts";
import { evaluate } from "../reference/index.ts";
import type { Value } from "../runtime/index.ts";
import { chainRuleOf } from "./chain-rule.ts";
import type { Traced } from "./traced.ts";
import { gateOf, unitReport } from "./unit-report.ts";
import { lossUnitGraph, unitsOf, unitValues } from "./units.ts";

function traceOf(name: keyof typeof models, options: object, size = 8, channels = 1): Traced {
  const pixels = input("pixels", [1, size, size, channels], { dtype: "uint8" }) as Tensor<InputAttrs>;
  const scales = { scale: Array(channels).fill(0.02), zeroPoint: Array(channels).fill(128), axis: 1 };
  const prepared = dequantize(transposed(pixels), scales);
  const unit = models[name];
  const scores = unit.apply({ ...unit.defaults, ...options } as never, prepared, 3, new Parameters());
  return { pixels, prepared, scores };
}
const transposed = (pixels: Tensor<InputAttrs>) => {
  const [batch, height, width, channels] = pixels.shape;
  // One channel needs no transposition; three are as good as any other order here.
  return input("prepared", [batch, channels, height, width], { dtype: "uint8" }) as Tensor;
};
const lossOf = (name: keyof typeof losses, { scores }: Traced) => {
  const unit = losses[name];
  return unit.perExample(unit.defaults, scores, input("labels", [1], { dtype: "int32" }) as Tensor);
};

/** A network with random weights, run in float64. */
function reportOf(traced: Traced, loss: Tensor, seed = 3) {
  const whole = lossUnitGraph(traced, loss);
  const feeds = Object.fromEntries(
    whole.inputs.map(({ attrs: { name, shape, dtype } }): [string, NDArray] => {
      const random = new Random(seed, name);
      const draw = () => (dtype === "uint8" ? random.below(256) : name === "labels" ? 1 : 0.3 * random.normal());
      return [name, { shape, data: Float64Array.from({ length: sizeOf(shape) }, draw) }];
    }),
  );
  const results = Object.fromEntries(
    Object.entries(evaluate(whole, feeds)).map(([name, { shape, data }]): [string, Value] => [
      name,
      { dtype: "float32", shape, data: Float32Array.from(data) },
    ]),
  );
  const known = Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data]));
  const values = unitValues(traced, results, known, loss);
  return { report: unitReport(values), values, results };
}

describe("a walk backward", () => {
  // The network takes its prepared bytes as they are, so the walk begins there.
  const bytes = (traced: Traced): Traced => ({ ...traced, pixels: traced.prepared.inputs[0] as Tensor<InputAttrs> });
  const traced = bytes(traceOf("mlp", mlp({ hidden: [6] }).options));
  const loss = lossOf("cross-entropy", traced);
  const { report, results } = reportOf(traced, loss);
  const at = (op: string) => report.find((unit) => unit.op === op)!;

  test("goes from the loss, whose own gradient is 1, to the picture, which has none", () => {
    expect(report.at(-1)!.gradient!.all).toEqual([1]);
    expect(report[0]).toMatchObject({ op: "input", inputs: [] });
    expect(report[0].gradient).toBeUndefined();
    expect(report[0].rule).toBeUndefined();
    for (const [place, unit] of report.entries()) for (const from of unit.inputs) expect(from).toBeLessThan(place);
  });

  test("is what the rules say: of logSoftmax probability minus truth", () => {
    const softmax = at("logSoftmax");
    expect(softmax.rule!.backward[0]).toContain("p_k");
    const scores = report[softmax.inputs[0]];
    const s = Array.from(results.scores.data as Float32Array);
    const total = s.reduce((sum, value) => sum + Math.exp(value), 0);
    s.forEach((value, k) => {
      expect(scores.gradient!.all![k]).toBeCloseTo(Math.exp(value) / total - (k === 1 ? 1 : 0), 5);
    });
  });

  test("is what the rules say: a rectifier lets through what is above 0", () => {
    const relu = at("relu");
    const before = report[relu.inputs[0]];
    relu.value.all!.forEach((y, i) => {
      expect(before.gradient!.all![i]).toBe(y > 0 ? relu.gradient!.all![i] : 0);
    });
    const off = relu.value.all!.filter((y) => y === 0).length;
    expect(off).toBeGreaterThan(0);
    expect(relu.gate).toEqual({ dead: off, parts: 6, flat: off / 6 });
  });

  test("tells what is learned beside the step that takes it, and the truth as such", () => {
    const named = report.flatMap(({ layer, parameters }) => parameters.map(({ title }) => `${layer}.${title}`));
    expect(named).toEqual(
      expect.arrayContaining(["hidden1.weight", "hidden1.bias", "scores.weight", "scores.bias", ".the truth"]),
    );
    const weight = report.flatMap(({ parameters }) => parameters).find(({ shape }) => shape === "[64,6]")!;
    expect(weight.value.count).toBe(384);
    expect(weight.value.all).toBeUndefined();
    expect(weight.gradient!.norm).toBeGreaterThan(0);
  });

  test("of a convolution has small pictures of maps", () => {
    const other = bytes(traceOf("cnn", cnn({ channels: [4] }).options));
    const { report: units } = reportOf(other, lossOf("hinge", other));
    const convolution = units.find(({ op }) => op === "conv2d")!;
    expect(convolution.value.part.image!.pixels.length).toBeGreaterThan(0);
    expect(convolution.rule!.backward).toHaveLength(3);
    expect(units.find(({ op }) => op === "relu")!.gate!.parts).toBe(4);
  });
});

describe("the gate of an activation", () => {
  test("counts what is dead and what is saturated", () => {
    expect(gateOf("relu", [0, 0, 1, 0], [2, 2])).toEqual({ dead: 1, parts: 2, flat: 0.75 });
    expect(gateOf("sigmoid", [0.5, 0.999, 0.001, 0.9], [4])).toEqual({ dead: 0, parts: 4, flat: 0.5 });
    expect(gateOf("tanh", [0, -0.999], [2])).toEqual({ dead: 0, parts: 2, flat: 0.5 });
    expect(gateOf("conv2d", [0], [1])).toBeUndefined();
  });
});

describe("every op has a rule", () => {
  const opsBelow = (end: Tensor) =>
    topological([end]).filter((tensor) => !isInput(tensor) && !isConstant(tensor) && tensor.inputs.length > 0);
  const missing = (end: Tensor) => opsBelow(end).flatMap((tensor) => (chainRuleOf(tensor) ? [] : [tensor.op.name]));

  test.each(Object.keys(models))("of the model %s", (name) => {
    const traced = traceOf(name as keyof typeof models, {}, 32, 3);
    expect(missing(traced.scores)).toEqual([]);
    expect(
      unitsOf({ ...traced, pixels: traced.prepared.inputs[0] as Tensor<InputAttrs> }).steps.length,
    ).toBeGreaterThan(2);
  });

  test.each(Object.keys(losses))("of the loss %s", (name) => {
    const loss = lossOf(name as keyof typeof losses, { scores: input("scores", [1, 3]) as Tensor } as Traced);
    expect(opsBelow(loss).length).toBeGreaterThan(1);
    expect(missing(loss)).toEqual([]);
  });

  test.each(Object.entries(activations))("of the activation %s", (_name, { apply }) => {
    expect(missing(apply(input("x", [2]) as Tensor))).toEqual([]);
  });
});
