/** What is lowered to operators that only native ONNX Runtime has must be the same function: forward and backward, against the reference. */
import { expect, test } from "vitest";
import { gradients } from "../../src/autodiff/index.ts";
import { Random, sizeOf } from "../../src/core/index.ts";
import { graph, input, type Tensor } from "../../src/ir/index.ts";
import { lowerNative } from "../../src/onnx/index.ts";
import { add, type ConvOptions, conv2d, maxPool2d, mul, relu, sum } from "../../src/ops/index.ts";
import { evaluate } from "../../src/reference/index.ts";
import { difference, runNative } from "./native.ts";

const operators = (model: Uint8Array | undefined) => Buffer.from(model ?? []).toString("latin1");

/** Σ relu(pool(conv(x, w) + b)) · seed with its gradients, lowered both ways. */
async function compare(x: readonly number[], w: readonly number[], options: ConvOptions, pool: boolean) {
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

test.each<[string, number[], number[], ConvOptions, boolean]>([
  ["3×3, size kept, pooled", [16, 16, 4, 4], [32, 16, 3, 3], { padding: "same" }, true],
  ["of three channels, pooled", [16, 3, 4, 6], [16, 3, 3, 3], { padding: "same" }, true],
  ["stride 2, size kept by halves", [16, 16, 5, 6], [16, 16, 3, 3], { stride: 2, padding: 1 }, false],
  ["stride 2 that does not reach the end", [16, 16, 6, 6], [16, 16, 1, 1], { stride: 2 }, false],
  ["dilation 2", [16, 16, 5, 5], [16, 16, 3, 3], { dilation: 2, padding: 2 }, false],
  ["an odd batch", [3, 16, 4, 4], [16, 16, 3, 3], { padding: 1 }, false],
])("%s", async (_, x, w, options, pool) => {
  const { wrong, model } = await compare(x, w, options, pool);
  expect(wrong).toEqual([]);
  expect(model).toContain("com.microsoft.nchwc");
});

test("graphs in which the blocked layout is of no use have no native form", () => {
  const [x, w] = [input("x", [2, 5, 4, 4]), input("w", [6, 5, 3, 3])];
  expect(lowerNative(graph({ y: conv2d(x as Tensor, w as Tensor) }, [x, w]), "plain")).toBeUndefined();
});
