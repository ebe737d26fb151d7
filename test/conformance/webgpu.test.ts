/**
 * What is written otherwise for WebGPU must be the same function, forward and backward. Its operators are standard ones, so native
 * ONNX Runtime computes them here; that WebGPU can do so is seen in a browser, in test/e2e/devices.test.ts.
 */
import { expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { Random, sizeOf } from "../../src/core/index.ts";
import { bind, graph, input, type Tensor } from "../../src/ir/index.ts";
import { lower, lowerWebgpu } from "../../src/onnx/index.ts";
import { conv2d, ops } from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "./native.ts";
import { type AnyOp, flows, loweredBackwardProblems, traceSample } from "./ops.ts";

const traced = (op: AnyOp) => {
  const { inputs, output } = traceSample(op, op.samples[0]);
  return graph({ y: output }, inputs);
};
const units = Object.values(ops) as AnyOp[];
const changed = units.filter((op) => lowerWebgpu(traced(op), "unit") !== undefined);

test("the units with operators that WebGPU lacks", () => {
  const names = changed.map(({ name }) => name);
  expect(names).toEqual(["batchNorm", "batchStatistic", "dequantize", "logSoftmax", "maxUnpool2d", "winners2d"]);
});

test.each(units.map((op) => [op.name, op] as const))("%s and its backward", async (_, op) => {
  for (const sample of op.samples) {
    const differentiable = sample.noGradient === undefined && flows(op, sample).includes(true);
    if (differentiable) expect(await loweredBackwardProblems(op, sample, true)).toEqual([]);
  }
});

test.each(changed.map((op) => [op.name, op] as const))("%s forward", async (_, op) => {
  for (const sample of op.samples) {
    const { inputs, output, feeds } = traceSample(op, sample);
    const step = graph({ y: output }, inputs);
    const { y } = await runNative(step, feeds, lowerWebgpu(step, "unit"));
    expect(difference(y, evaluate(step, feeds).y, 1e-5)).toBeUndefined();
  }
});

// That of dequantize is there; what follows it is kept from it.
const withoutKernel = changed.filter(({ name }) => name !== "dequantize");
test.each(withoutKernel.map((op) => [op.name, op] as const))("%s has none of those operators left", (_, op) => {
  const text = (model: Uint8Array) => Buffer.from(model).toString("latin1");
  const lacking = /training_mode|LogSoftmax|MaxUnpool|ScatterElements|GatherElements/g;
  expect(text(lower(traced(op), "unit"))).toMatch(lacking);
  expect(text(lowerWebgpu(traced(op), "unit")!).replaceAll(/[^ -~]*[/:][^ -~]*/g, " ")).not.toMatch(lacking);
});

test.each(["maxUnpool2d", "winners2d"] as const)(
  "%s: ties, and nothing of the padding, below 0 and at 0",
  async (name) => {
    const op = ops[name] as AnyOp;
    const random = new Random(1, name);
    for (const { attrs, inputs } of op.samples) {
      for (const most of [-1, 0]) {
        const tensors = inputs.map(({ shape }, i) => input(`x${i}`, shape));
        const step = graph({ y: bind(op, tensors as Tensor[], attrs) }, tensors);
        const feeds = Object.fromEntries(
          inputs.map(({ shape }, i) => [
            `x${i}`,
            {
              shape,
              data: Float64Array.from(
                { length: sizeOf(shape) },
                () => most - (i === 0 ? random.below(2) : -random.uniform()),
              ),
            },
          ]),
        );
        const { y } = await runNative(step, feeds, lowerWebgpu(step, "ties"));
        expect(difference(y, evaluate(step, feeds).y, 1e-6)).toBeUndefined();
      }
    }
  },
);

test.each([
  ["forward", 6, 4],
  ["backward", 4, 6],
])(
  "a convolution that WebGPU gets wrong %s has channels of zeros there, and stays the same function",
  async (_, channels, filters) => {
    const tensors = [input("x", [2, channels, 4, 5]), input("w", [filters, channels, 3, 3])];
    const y = conv2d(tensors[0] as Tensor, tensors[1] as Tensor, { padding: 1 });
    const seed = input("seed", y.shape);
    const [dx, dw] = gradients(y, tensors as Tensor[], seed as Tensor);
    const step = graph({ y, dx, dw }, [...tensors, seed]);
    const random = new Random(2, "conv");
    const feeds = Object.fromEntries(
      step.inputs.map(({ attrs: { name, shape } }) => [
        name,
        { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.uniform() - 0.5)) },
      ]),
    );
    const actual = await runNative(step, feeds, lowerWebgpu(step, "channels")!);
    for (const [name, truth] of Object.entries(evaluate(step, feeds))) {
      expect(difference(actual[name], truth, 1e-4)).toBeUndefined();
    }
  },
);
