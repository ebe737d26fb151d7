/** What is lowered to operators that only native ONNX Runtime has must be the same function: forward and backward, against the reference. */
import { expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { Random, sizeOf } from "../../src/core/index.ts";
import { type Graph, graph, input, type Tensor } from "../../src/ir/index.ts";
import { lowerNative } from "../../src/onnx/index.ts";
import {
  add,
  batchNorm,
  type ConvOptions,
  conv2d,
  maximum,
  maxPool2d,
  mean,
  minimum,
  mul,
  relu,
  slice,
  sum,
} from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "./native.ts";

const count = (text: string, part: string) => text.split(part).length - 1;
const operators = (model: Uint8Array | undefined) => Buffer.from(model ?? []).toString("latin1");

/** What a graph lowered for native ONNX Runtime gives of random inputs, where it differs from the reference; and its operators. */
async function differences(traced: Graph) {
  const random = new Random(3, "blocked");
  const feeds = Object.fromEntries(
    traced.inputs.map(({ attrs: { name, shape } }) => [
      name,
      { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.uniform() - 0.5)) },
    ]),
  );
  const truth = evaluate(traced, feeds);
  const model = lowerNative(traced, "blocked");
  if (model === undefined) throw new Error("nothing was lowered for native ONNX Runtime");
  const actual = await runNative(traced, feeds, model);
  const wrong = Object.entries(truth).flatMap(([name, value]) => {
    // Sums of hundreds of products that nearly cancel; a product that is wrong would show a thousand times as much.
    const differs = difference(actual[name], value, 3e-4);
    return differs === undefined ? [] : [`${name}: ${differs}`];
  });
  return { wrong, model: operators(model) };
}

/** Σ relu(pool(conv(x, w) + b)) · seed with its gradients, lowered both ways. */
function compare(x: readonly number[], w: readonly number[], options: ConvOptions, pool: boolean) {
  const tensors = { x: input("x", x), w: input("w", w), b: input("b", [w[0]]) };
  const wrt = Object.values(tensors) as Tensor[];
  const maps = conv2d(tensors.x as Tensor, tensors.w as Tensor, { ...options, bias: tensors.b as Tensor });
  // The maps are used twice: by a unit that reads blocked values, and by one that does not.
  const y = relu(pool ? maxPool2d(maps, 2) : maps);
  const seed = input("seed", y.shape);
  const loss = add(sum(mul(y, seed as Tensor)), sum(mul(maps, 0.5)));
  const derivatives = gradients(loss, wrt);
  const traced = graph({ y, loss, dx: derivatives[0], dw: derivatives[1], db: derivatives[2] }, [
    ...Object.values(tensors),
    seed,
  ]);
  return differences(traced);
}

test.each<[string, number[], number[], ConvOptions, boolean]>([
  ["3×3, size kept, pooled", [16, 16, 4, 4], [32, 16, 3, 3], { padding: "same" }, true],
  ["of three channels, pooled", [16, 3, 4, 6], [16, 3, 3, 3], { padding: "same" }, true],
  ["stride 2, size kept by halves", [16, 16, 5, 6], [16, 16, 3, 3], { stride: 2, padding: 1 }, false],
  ["stride 2 that does not reach the end", [16, 16, 6, 6], [16, 16, 1, 1], { stride: 2 }, false],
  ["dilation 2", [16, 16, 5, 5], [16, 16, 3, 3], { dilation: 2, padding: 2 }, false],
  ["stride 2 that divides the size", [16, 16, 6, 8], [32, 16, 3, 3], { stride: 2, padding: 1 }, false],
  ["strides of 3 and 2, a kernel of 5×4", [16, 32, 6, 4], [16, 32, 5, 4], { stride: [3, 2], padding: [2, 1] }, false],
  ["an odd batch", [3, 16, 4, 4], [16, 16, 3, 3], { padding: 1 }, false],
])("%s", async (_, x, w, options, pool) => {
  const { wrong, model } = await compare(x, w, options, pool);
  expect(wrong).toEqual([]);
  expect(model).toContain("com.microsoft.nchwc");
});

/** Two convolutions with batch norm, the first with a stride, and a shortcut around the second; then the mean of each map. */
test("a residual block stays in the layout, forward and backward", async () => {
  const shapes = { x: [16, 16, 6, 8], v: [32, 16, 3, 3], w: [32, 32, 3, 3], scale: [32], shift: [32], seed: [16, 32] };
  const tensors = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]));
  const { x, v, w, scale, shift, seed } = tensors as Record<string, Tensor>;
  // What is added to a convolution and to a map may also be one number.
  const normed = batchNorm(add(conv2d(x, v, { stride: 2, padding: 1 }), 0.2), scale, shift);
  const inner = relu(add(normed.y, 0.1));
  const outer = batchNorm(conv2d(inner, w, { padding: 1 }), shift, scale);
  const last = relu(add(outer.y, mul(inner, 3)));
  // As a shortcut without weights takes it.
  const y = slice(last, { axis: 2, step: 2 }, { axis: 3, step: 3 });
  const loss = sum(mul(mean(y, [2, 3]), seed));
  const derivatives = gradients(loss, [x, v, w, scale, shift]);
  const [dx, dv, dw, dscale, dshift] = derivatives;
  const outputs = { y, mean: normed.mean, variance: normed.variance, dx, dv, dw, dscale, dshift };
  const { wrong, model } = await differences(graph(outputs, Object.values(tensors)));
  expect(wrong).toEqual([]);
  expect(model).not.toContain("BatchNormalization");
  // Out come y, dx, dv and dw alone, and x and what is behind the first rectifier for the weight gradients. (A node says its operator twice.)
  expect(count(model, "ReorderOutput") / 2).toBe(6);
});

test("of windows with equal values the first one takes the cotangent", async () => {
  const tensors = [input("x", [16, 16, 6, 8]), input("w", [16, 16, 1, 1]), input("seed", [16, 16, 3, 4])] as const;
  const [x, w, seed] = tensors as unknown as Tensor[];
  // Cut to −1 and 1: most windows have ties, in all places.
  const maps = minimum(maximum(mul(conv2d(x, w), 1e6), -1), 1);
  const derivatives = gradients(sum(mul(maxPool2d(maps, 2), seed)), [maps]);
  const { wrong, model } = await differences(graph({ maps, sent: derivatives[0] }, [...tensors]));
  expect(wrong).toEqual([]);
  expect(model).not.toContain("MaxUnpool");
});

test("the variance of values far from 0 is that around their mean", async () => {
  const tensors = [input("x", [16, 16, 4, 4]), input("w", [16, 16, 1, 1]), input("b", [16]), input("s", [16])];
  const [x, w, b, s] = tensors as Tensor[];
  // In float32 values of 300 differ by steps of 3e-5 and their squares by 8e-3; the variance is 0.1.
  const { variance } = batchNorm(conv2d(x, w, { bias: add(mul(b, 0), 300) }), s, b);
  const { wrong } = await differences(graph({ variance }, tensors));
  expect(wrong).toEqual([]);
});

test("graphs in which the blocked layout is of no use have no native form", () => {
  const [x, w] = [input("x", [2, 5, 4, 4]), input("w", [6, 5, 3, 3])];
  expect(lowerNative(graph({ y: conv2d(x as Tensor, w as Tensor) }, [x, w]), "plain")).toBeUndefined();
});
