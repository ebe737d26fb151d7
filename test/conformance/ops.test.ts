import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { formatShape } from "../../src/core/index.ts";
import type { Tensor } from "../../src/ir/index.ts";
import * as units from "../../src/ops/index.ts";
import {
  type AnyOp,
  type AnySample,
  backwardProblems,
  both,
  flows,
  linearityProblems,
  loweredBackwardProblems,
  secondOrderProblems,
  valueProblems,
} from "./ops.ts";

const catalogue = Object.entries(units.ops) as [string, AnyOp][];

const titleOf = ({ inputs, attrs }: AnySample) =>
  `${inputs.map(({ shape, dtype }) => (dtype ?? "") + formatShape(shape)).join(" ")} ${JSON.stringify(attrs)}`;

describe.each(catalogue)("%s", (name, op) => {
  test("is listed by its name and has samples", () => {
    expect(op.name).toBe(name);
    expect(op.samples).not.toHaveLength(0);
  });

  const withBackward = op.samples.filter((sample) => flows(op, sample).includes(true));

  for (const sample of op.samples) {
    describe(titleOf(sample), () => {
      test("shape law, and ONNX Runtime agrees with the reference", async () =>
        expect(await valueProblems(op, sample)).toEqual([]));

      const backward = sample.noGradient ? test.skip : test;
      const why = sample.noGradient ? ` (not compared with differences: ${sample.noGradient})` : "";
      backward(`backward agrees with differences${why}`, () => expect(backwardProblems(op, sample)).toEqual([]));
      if (!withBackward.includes(sample)) return;
      backward(`second order agrees with differences${why}`, () => expect(secondOrderProblems(op, sample)).toEqual([]));
      test("backward on ONNX Runtime agrees with the reference", async () =>
        expect(await loweredBackwardProblems(op, sample)).toEqual([]));
    });
  }

  if (withBackward.length > 0) {
    test("backward is linear in the cotangent", () => {
      const [factor, draws] = [fc.double({ min: -8, max: 8, noNaN: true }), fc.nat(1e6)];
      const property = fc.property(fc.constantFrom(...withBackward), factor, factor, draws, (sample, a, b, draws) => {
        expect(linearityProblems(op, sample, a, b, draws)).toEqual([]);
      });
      fc.assert(property, { numRuns: 6, seed: 7 });
    });
  }
});

/** What the head comments of the units promise at the edges of their domains: exact, in the reference and in ONNX Runtime. */
describe("special values", () => {
  const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
  type Build = (inputs: readonly Tensor[]) => Tensor;
  const unary: [string, (x: Tensor) => Tensor, number[], number[]][] = [
    ["abs", units.abs, [nan, -inf, -0.5], [nan, inf, 0.5]],
    ["exp", units.exp, [nan, -inf, inf, 1000], [nan, 0, inf, inf]],
    ["log: −∞ at 0, NaN below", units.log, [nan, 0, -1, inf], [nan, -inf, nan, inf]],
    ["sqrt: NaN below 0", units.sqrt, [nan, 0, -1, inf], [nan, 0, nan, inf]],
    ["sigmoid saturates", units.sigmoid, [nan, -1e4, 1e4, -inf, inf], [nan, 0, 1, 0, 1]],
    ["tanh saturates", units.tanh, [nan, -1e4, 1e4, -inf, inf], [nan, -1, 1, -1, 1]],
    ["relu", units.relu, [nan, -inf, inf, 0], [nan, 0, inf, 0]],
    ["erf saturates", units.erf, [nan, -10, 10, -inf, inf, 0], [nan, -1, 1, -1, 1, 0]],
    ["gelu is 0 or the identity far out", (x) => units.gelu(x), [nan, -1e4, 1e4, 0, inf], [nan, 0, 1e4, 0, inf]],
    ["silu is 0 or the identity far out", units.silu, [nan, -1e4, 1e4, 0, inf], [nan, 0, 1e4, 0, inf]],
    ["softplus does not overflow", units.softplus, [nan, -1e4, 1e4, -inf, inf], [nan, 0, 1e4, 0, inf]],
    ["leakyRelu", (x) => units.leakyRelu(x, 0.25), [nan, -inf, inf, 0, -4], [nan, -inf, inf, 0, -1]],
    ["logSoftmax is finite at ±1e4", units.logSoftmax, [1e4, -1e4, 0], [0, -2e4, -1e4]],
    ["logSoftmax: NaN spreads", units.logSoftmax, [nan, 0], [nan, nan]],
    ["cast cuts towards 0", (x) => units.cast(x, "int32"), [-1.9, 1.9, -0.2], [-1, 1, 0]],
    ["cast to bool: everything but 0", (x) => units.cast(x, "bool"), [-1.9, 0, 0.2, nan], [1, 0, 1, 1]],
    ["sum over an empty axis is 0", (x) => units.sum(x), [], [0]],
    ["mean over an empty axis is NaN", (x) => units.mean(x), [], [nan]],
    ["where does not mix in what it does not take", (x) => units.where(units.greater(x, 0), x, 0), [nan, -1], [0, 0]],
  ];
  const [left, right] = [
    [nan, 1, nan, inf],
    [1, nan, nan, inf],
  ];
  const binary: [string, (a: Tensor, b: Tensor) => Tensor, number[], number[], number[]][] = [
    ["maximum: NaN if either is", units.maximum, left, right, [nan, nan, nan, inf]],
    ["minimum: NaN if either is", units.minimum, left, right, [nan, nan, nan, inf]],
    ["greater: false with NaN", units.greater, left, right, [0, 0, 0, 0]],
    ["greaterEqual: false with NaN", units.greaterEqual, left, right, [0, 0, 0, 1]],
    ["less: false with NaN", units.less, left, right, [0, 0, 0, 0]],
    ["lessEqual: false with NaN", units.lessEqual, left, right, [0, 0, 0, 1]],
    ["equal: false with NaN", units.equal, left, right, [0, 0, 0, 1]],
    ["div by 0", units.div, [1, -1, 0], [0, 0, 0], [inf, -inf, nan]],
    ["pow of a negative base", units.pow, [-1, -2, -2, 0], [0.5, 3, -1, 0], [nan, -8, -0.5, 1]],
  ];
  const rows: [string, Build, number[][], number[]][] = [
    ...unary.map(([title, f, x, y]): [string, Build, number[][], number[]] => [title, ([t]) => f(t), [x], y]),
    ...binary.map(([title, f, a, b, y]): [string, Build, number[][], number[]] => [
      title,
      ([s, t]) => f(s, t),
      [a, b],
      y,
    ]),
  ];
  test.each(rows)("%s", async (_, build, feeds, expected) => {
    const { reference, runtime } = await both(build, feeds);
    expect(reference.map((v) => v + 0)).toEqual(expected);
    expect(runtime.map((v) => v + 0)).toEqual(expected);
  });

  test("max: NaN if any is, in the reference", async () => {
    const { reference } = await both(([x]) => units.max(x), [[1, nan, 2]]);
    expect(reference).toEqual([nan]);
  });

  const slopes: [string, (x: Tensor) => Tensor, number[], number[]][] = [
    ["relu: 0 at the kink", units.relu, [-1, 0, 1], [0, 0, 1]],
    ["abs: 0 at the kink", units.abs, [-1, 0, 1], [-1, 0, 1]],
    ["sqrt: +∞ at 0", units.sqrt, [0, 0.25], [inf, 1]],
    ["max: equal shares", (x) => units.max(x), [2, 2, 1], [0.5, 0.5, 0]],
    ["maximum: half each", (x) => units.maximum(x, 1), [0, 1, 2], [0, 0.5, 1]],
    ["minimum: half each", (x) => units.minimum(x, 1), [0, 1, 2], [1, 0.5, 0]],
    ["maxPool2d: the first", (x) => units.maxPool2d(units.reshape(x, [1, 1, 2, 2]), 2), [1, 1, 1, 1], [1, 0, 0, 0]],
    ["pow: no slope of the exponent at base 0", (x) => units.pow(0, x), [1, 2], [0, 0]],
    ["pow: a slope of an even power at 0", (x) => units.pow(x, 2), [-1, 0, 1], [-2, 0, 2]],
    ["logSoftmax: bounded at ±1e4", units.logSoftmax, [1e4, -1e4, 0], [-2, 1, 1]],
    ["leakyRelu: the slope at the kink", (x) => units.leakyRelu(x, 0.25), [-1, 0, 1], [0.25, 0.25, 1]],
    ["gelu: 0 or 1 far out", (x) => units.gelu(x), [-1e4, 1e4, 0], [0, 1, 0.5]],
    ["silu: 0 or 1 far out", units.silu, [-1e4, 1e4, 0], [0, 1, 0.5]],
    ["softplus: 0 or 1 far out", units.softplus, [-1e4, 1e4, 0], [0, 1, 0.5]],
    ["sigmoid: 0 where it is flat", units.sigmoid, [-1e4, 1e4], [0, 0]],
  ];
  test.each(slopes)("slope of %s", async (_, f, x, expected) => {
    const { reference, runtime } = await both(([t]) => gradients(units.sum(f(t)), [t])[0], [x]);
    expect(reference.map((v) => v + 0)).toEqual(expected);
    expect(runtime.map((v) => v + 0)).toEqual(expected);
  });
});
