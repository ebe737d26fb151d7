/**
 * Does the suite catch a wrong unit? Each backward rule in turn is broken, one input at a time, and the suite's own check
 * has to report it for at least one sample; then the other checks in the same way.
 */
import { describe, expect, test } from "vitest";
import { bind, defineOp, input, type Tensor } from "../../src/ir/index.ts";
import { mul, neg, ops, square } from "../../src/ops/index.ts";
import { type AnyOp, backwardProblems, flows, linearityProblems, secondOrderProblems, valueProblems } from "./ops.ts";

const mutations: Record<string, (cotangent: Tensor) => Tensor | null> = {
  negated: neg,
  "a thousandth too large": (cotangent) => mul(cotangent, 1.001),
  "left out": () => null,
};

/** The op with the cotangent of one input changed. */
function mutant(op: AnyOp, place: number, change: (cotangent: Tensor) => Tensor | null): AnyOp {
  return {
    ...op,
    vjp: (cotangent, context) =>
      op.vjp(cotangent, context).map((part, i) => (i === place && part !== null ? change(part) : part)),
  };
}

/** Every (op, input) to which a rule hands a cotangent for some sample. */
const rules = (Object.values(ops) as AnyOp[]).flatMap((op) => {
  const arity = Math.max(...op.samples.map(({ inputs }) => inputs.length));
  const inputs = Array.from({ length: arity }, (_, i) => i);
  return inputs
    .filter((i) => op.samples.some((sample) => flows(op, sample)[i]))
    .map((i): [string, number, AnyOp] => [op.name, i, op]);
});

describe.each(rules)("backward of %s to input %i", (_, place, op) => {
  test.each(Object.keys(mutations))("%s is caught", (name) => {
    const changed = mutant(op, place, mutations[name]);
    const caught = changed.samples.filter(
      (sample) => !sample.noGradient && backwardProblems(changed, sample).length > 0,
    );
    expect(caught).not.toEqual([]);
  });
});

test("every op from floating inputs to a floating output has a rule", () => {
  const isFloat = (dtype = "float32") => dtype.startsWith("float");
  for (const op of Object.values(ops) as AnyOp[]) {
    const differentiable = op.samples.some((sample) => {
      const inputs = sample.inputs.map(({ dtype }, i) =>
        input(`x${i}`, sample.inputs[i].shape, dtype ? { dtype } : {}),
      );
      return inputs.some(({ dtype }) => isFloat(dtype)) && isFloat(op.shape(inputs, sample.attrs).dtype);
    });
    expect([op.name, rules.some(([name]) => name === op.name)]).toEqual([op.name, differentiable]);
  }
});

const checked = (op: AnyOp) => op.samples.filter((sample) => !sample.noGradient && flows(op, sample).includes(true));
const withRule = (Object.values(ops) as AnyOp[])
  .filter((op) => checked(op).length > 0)
  .map((op): [string, AnyOp] => [op.name, op]);

/** The identity, through which nothing flows back. */
const stopOp = defineOp({
  name: "stop",
  shape: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  evaluate: ([x]) => x,
  vjp: () => [null],
  lower: (_emit, [x]) => x,
  samples: [],
});

/** The op with all its cotangents changed. */
const changedAll = (op: AnyOp, change: (cotangent: Tensor) => Tensor): AnyOp => ({
  ...op,
  vjp: (cotangent, context) => op.vjp(cotangent, context).map((part) => part && change(part)),
});

test.each(withRule)("a backward rule of %s that cannot be differentiated again is caught", (_, op) => {
  const stopped = changedAll(op, (cotangent) => bind(stopOp, [cotangent], {}));
  expect(checked(op).some((sample) => secondOrderProblems(stopped, sample).length > 0)).toBe(true);
});

test.each(withRule)("a backward rule of %s that is not linear is caught", (_, op) => {
  const squared = changedAll(op, square);
  expect(checked(op).some((sample) => linearityProblems(squared, sample, 2, -3, 1).length > 0)).toBe(true);
});

test.each(Object.entries(ops) as [string, AnyOp][])("a wrong value of %s is caught", async (_, op) => {
  const wrong: AnyOp = {
    ...op,
    evaluate: (inputs, attrs, output) => {
      const { shape, data } = op.evaluate(inputs, attrs, output);
      return { shape, data: data.map((v) => (output.dtype.startsWith("float") ? v * 1.0001 + 1e-5 : 1 - v)) };
    },
  };
  const problems = await Promise.all(op.samples.map((sample) => valueProblems(wrong, sample)));
  expect(problems.flat()).not.toEqual([]);
});
