import { describe, expect, test } from "vitest";
import { Random, UsageError } from "../core/index.ts";
import { graph, input, print, scoped, type Tensor } from "../ir/index.ts";
import {
  type ActivationName,
  activations,
  convolution,
  dense,
  filledWith,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  initialize,
  Parameters,
  scores,
  separableConvolution,
  smallNormal,
  truncatedNormal,
  zeros,
} from "./index.ts";

describe("initializers", () => {
  test("a parameter for which there is no memory is the user's to make smaller", () => {
    for (const initializer of [zeros, heNormal(9), truncatedNormal(0.1)]) {
      const parameters = new Parameters();
      parameters.declare("huge", [2 ** 26, 2 ** 26], "weight", initializer);
      expect(() => initialize(parameters.list, 1)).toThrow(UsageError);
      expect(() => initialize(parameters.list, 1)).toThrow(
        "parameter huge: has [67108864,67108864] weights, 16777216 GiB",
      );
    }
  });

  const moments = (initializer: Initializer) => {
    const values = initializer([100, 200], new Random(1, "moments"));
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    const kurtosis = values.reduce((sum, v) => sum + (v - mean) ** 4, 0) / values.length / variance ** 2;
    return {
      count: values.length,
      mean,
      variance,
      kurtosis,
      largest: values.reduce((m, v) => Math.max(m, Math.abs(v)), 0),
    };
  };
  // 20,000 draws: the standard error of the variance is 1 % of it (normal), of the mean 0.7 % of a deviation.
  const rows: [string, Initializer, number, number][] = [
    ["He: variance 2 / fanIn", heNormal(50), 2 / 50, 3],
    ["He with a slope: variance 2 / ((1 + a²) fanIn)", heNormal(50, 0.5), 2 / 62.5, 3],
    ["He, uniform", heUniform(50), 2 / 50, 1.8],
    ["Glorot, normal", glorotNormal(100, 200), 2 / 300, 3],
    ["Glorot: variance 2 / (fanIn + fanOut)", glorotUniform(100, 200), 2 / 300, 1.8],
    ["small: the deviation that is given", smallNormal(0.01), 1e-4, 3],
  ];
  test.each(rows)("%s, mean 0, and the right shape of curve", (_, initializer, variance, kurtosis) => {
    const found = moments(initializer);
    expect(found.count).toBe(20_000);
    expect(Math.abs(found.mean)).toBeLessThan(0.03 * Math.sqrt(variance));
    expect(found.variance / variance).toBeGreaterThan(0.95);
    expect(found.variance / variance).toBeLessThan(1.05);
    // A normal curve has kurtosis 3, a uniform one 1.8.
    expect(Math.abs(found.kurtosis - kurtosis)).toBeLessThan(0.15);
  });

  test("uniform ones stay within √3 deviations", () => {
    expect(moments(glorotUniform(100, 200)).largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 300)));
    expect(moments(heUniform(50, 0.5)).largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 62.5)));
  });

  test("a truncated normal has the deviation that is given, and no value beyond two of the uncut curve", () => {
    const { variance, largest } = moments(truncatedNormal(0.02));
    expect(Math.sqrt(variance) / 0.02).toBeCloseTo(1, 1);
    expect(largest).toBeLessThanOrEqual(Math.fround((2 * 0.02) / 0.8796256610342398));
    expect(largest).toBeGreaterThan(0.044);
  });

  test("one number for all", () => expect([...filledWith(3)([2], new Random(1, "filled"))]).toEqual([3, 3]));

  test("zeros", () => expect([...zeros([2, 2], new Random(1, "zeros"))]).toEqual([0, 0, 0, 0]));
});

describe("parameters", () => {
  test("are named by their scope and inherit a role", () => {
    const parameters = new Parameters();
    const w = scoped("features.1", () => parameters.declare("weight", [2, 3], "weight", zeros));
    parameters.declare("bias", [3], "bias", zeros);
    expect(parameters.list.map(({ name, shape, role }) => [name, shape, role])).toEqual([
      ["features.1.weight", [2, 3], "weight"],
      ["bias", [3], "bias"],
    ]);
    expect(parameters.list[0].tensor).toBe(w);
    expect(parameters.count).toBe(9);
  });

  test("of one name twice are refused", () => {
    const parameters = new Parameters();
    const declare = () => scoped("hidden1", () => parameters.declare("weight", [1], "weight", zeros));
    declare();
    expect(declare).toThrow(UsageError);
    expect(declare).toThrow("parameter hidden1.weight: is declared twice; give each layer a scope of its own");
  });

  test("start from numbers that depend on the seed and the name alone", () => {
    const build = (...names: string[]) => {
      const parameters = new Parameters();
      for (const name of names) parameters.declare(name, [4], "weight", smallNormal(1));
      return parameters.list;
    };
    const first = initialize(build("a", "b"), 7);
    expect(initialize(build("b", "a"), 7)).toEqual({ a: first.a, b: first.b });
    expect([...first.a]).not.toEqual([...first.b]);
    expect([...initialize(build("a"), 8).a]).not.toEqual([...first.a]);
  });

  test("an initializer that draws too few is a fault of ours", () => {
    const parameters = new Parameters();
    parameters.declare("w", [4], "weight", () => new Float32Array(3));
    expect(() => initialize(parameters.list, 1)).toThrow(/^internal: w was initialized with 3 values/);
  });
});

describe("layers", () => {
  const trace = (build: (p: Parameters) => Tensor) => {
    const parameters = new Parameters();
    const output = build(parameters);
    return { shape: output.shape, text: print(graph({ output })), parameters };
  };
  const x = () => input("x", [2, 6]) as Tensor;

  test.each(Object.keys(activations) as ActivationName[])("dense with %s", (activation) => {
    const { shape, text, parameters } = trace((p) => dense(p, x(), 4, activation));
    expect(shape).toEqual([2, 4]);
    expect(text).toContain(`= ${activation === "leaky-relu" ? "leakyRelu" : activation}(`);
    expect(parameters.list.map(({ name, shape }) => [name, shape])).toEqual([
      ["weight", [6, 4]],
      ["bias", [4]],
    ]);
  });

  // 100 numbers come in and 300 go out. A slope of 0.01 changes the variance by a ten-thousandth, which no draw shows.
  test.each([
    ["relu", 2 / 100],
    ["leaky-relu", 2 / 100.01],
    ["gelu", 2 / 100],
    ["silu", 2 / 100],
    ["softplus", 2 / 100],
    ["sigmoid", 2 / 400],
    ["tanh", 2 / 400],
  ] as [ActivationName, number][])("the weights before %s have the variance %f", (activation, expected) => {
    const { parameters } = trace((p) => dense(p, input("x", [1, 100]) as Tensor, 300, activation));
    const { weight } = initialize(parameters.list, 1);
    const variance = weight.reduce((sum, v) => sum + v * v, 0) / weight.length;
    expect(variance / expected).toBeCloseTo(1, 1);
  });

  test("scores start near 0, so that the first loss is the one that theory expects", () => {
    const { shape, parameters } = trace((p) => scores(p, input("x", [2, 400]) as Tensor, 10));
    expect(shape).toEqual([2, 10]);
    const { weight, bias } = initialize(parameters.list, 1);
    // A score of 400 inputs of deviation 1 has the deviation 0.1.
    const deviation = Math.sqrt(weight.reduce((sum, v) => sum + v * v, 0) / 10);
    expect(deviation).toBeCloseTo(0.1, 2);
    expect(bias.every((v) => v === 0)).toBe(true);
  });

  test("convolution keeps height and width", () => {
    const { shape, parameters } = trace((p) => convolution(p, input("x", [2, 3, 8, 6]) as Tensor, 5, 3, "relu"));
    expect(shape).toEqual([2, 5, 8, 6]);
    expect(parameters.list.map(({ name, shape }) => [name, shape])).toEqual([
      ["weight", [5, 3, 3, 3]],
      ["bias", [5]],
    ]);
  });

  test("a separable convolution filters each channel by itself, then mixes them", () => {
    const layer = (p: Parameters) => separableConvolution(p, input("x", [2, 3, 8, 6]) as Tensor, 5, 3, "relu");
    const { shape, text, parameters } = trace(layer);
    expect(shape).toEqual([2, 5, 8, 6]);
    expect(text).toContain("groups: 3");
    expect(parameters.list.map(({ name, shape }) => [name, shape])).toEqual([
      ["depthwise.weight", [3, 1, 3, 3]],
      ["depthwise.bias", [3]],
      ["pointwise.weight", [5, 3, 1, 1]],
      ["pointwise.bias", [5]],
    ]);
  });
});
