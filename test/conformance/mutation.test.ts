/**
 * Does the suite catch a wrong backward rule? Each rule in turn is broken, one input at a time, and the suite's own
 * check has to report it for at least one sample.
 */
import { describe, expect, test } from "vitest";
import { input, type Tensor } from "../../src/ir/index.ts";
import { mul, neg, ops } from "../../src/ops/index.ts";
import { type AnyOp, backwardProblems, flows } from "./ops.ts";

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
