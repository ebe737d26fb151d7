import { describe, expect, test } from "vitest";
import { Random, sizeOf, UsageError } from "../core/index.ts";
import { graph, type InputAttrs, input, type NDArray, type Tensor } from "../ir/index.ts";
import { cnn, linear, type ModelChoice, mlp, models } from "../models/index.ts";
import { Parameters } from "../nn/index.ts";
import { add, conv2d, flatten, matmul, maxPool2d, relu } from "../ops/index.ts";
import { evaluate } from "../reference/index.ts";
import { heatGraph } from "./heat.ts";
import { methodFor, methods } from "./methods.ts";
import type { Traced } from "./traced.ts";

const CLASSES = 3;

/** A model on an input that is prepared already, so that it can be moved a little. */
function traced(choice: ModelChoice, shape: readonly number[]): Traced {
  const x = input("x", shape) as Tensor<InputAttrs>;
  const unit = models[choice.name as keyof typeof models];
  const scores = unit.apply({ ...unit.defaults, ...choice.options }, x as Tensor, CLASSES, new Parameters());
  return { pixels: x, prepared: x as Tensor, scores };
}

/** Random values of every input; example i is of class i. */
function pointOf(net: Traced): Record<string, NDArray> {
  const { inputs } = heatGraph(net, methods["input-gradient"]);
  return Object.fromEntries(
    inputs.map(({ attrs: { name, shape } }) => {
      const random = new Random(7, name);
      const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => (name === "class" ? i : random.normal()));
      return [name, { shape, data }];
    }),
  );
}

const mapOf = (net: Traced, feeds: Record<string, NDArray>, name?: string) =>
  evaluate(heatGraph(net, methodFor(net, name)), feeds).map;

/** The score of each example's class. */
function chosen(net: Traced, feeds: Record<string, NDArray>): number[] {
  const { scores } = evaluate(graph({ scores: net.scores }), feeds);
  return [...feeds.class.data].map((c, i) => scores.data[i * CLASSES + c]);
}

describe.each([
  ["linear", linear(), [2, 2, 4, 4]],
  ["mlp", mlp({ hidden: [6, 5], activation: "tanh" }), [2, 2, 4, 4]],
  ["cnn", cnn({ channels: [3, 4], activation: "tanh" }), [2, 2, 8, 8]],
  ["mlp of numbers", mlp({ hidden: [4] }), [2, 5]],
] as const)("%s", (_, choice, shape) => {
  const net = traced(choice, shape);
  const feeds = pointOf(net);
  const { data } = feeds.x;
  const size = data.length / 2;
  const slopes = data.map((_, i) => {
    const at = (step: number) => {
      const moved = data.map((value, j) => (j === i ? value + step : value));
      return chosen(net, { ...feeds, x: { shape, data: moved } })[Math.floor(i / size)];
    };
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  });
  const places = shape.length === 4 ? shape[2] * shape[3] : size;
  /** Something of the channels of each place. */
  const overChannels = (merge: (parts: number[]) => number, values: Float64Array) =>
    Array.from({ length: 2 * places }, (_, i) => {
      const [example, place] = [Math.floor(i / places), i % places];
      return merge(
        Array.from({ length: size / places }, (_, channel) => values[example * size + channel * places + place]),
      );
    });

  test("input × gradient is what differences say", () => {
    const found = mapOf(net, feeds, "input-gradient").data;
    const expected = overChannels(
      (parts) => parts.reduce((total, part) => total + part, 0),
      slopes.map((slope, i) => slope * data[i]),
    );
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 7);
    });
  });

  if (shape.length === 2) return; // There is no saliency of numbers: they have no channels to choose from.
  test("saliency is what differences say", () => {
    const found = mapOf(net, feeds, "saliency").data;
    overChannels((parts) => Math.max(...parts.map(Math.abs)), slopes).forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 7);
    });
  });
});

test("of a linear classifier, what the pixels add is the score less its bias", () => {
  const net = traced(linear(), [2, 1, 3, 3]);
  const feeds = pointOf(net);
  const map = mapOf(net, feeds);
  chosen(net, feeds).forEach((score, i) => {
    const total = map.data.subarray(9 * i, 9 * (i + 1)).reduce((sum, value) => sum + value, 0);
    expect(total).toBeCloseTo(score - feeds["scores.bias"].data[i], 9);
  });
});

describe("Grad-CAM", () => {
  // One picture of one channel, 2×4. Two filters of 1×1, the second turned over: A₀ = relu(x), A₁ = relu(−x), pooled 2×2 to
  // [1, 2, 1, 2], and a linear layer of 4 to 2.
  const x = input("x", [1, 1, 2, 4]) as Tensor<InputAttrs>;
  const maps = conv2d(x as Tensor, input("filters", [2, 1, 1, 1]) as Tensor);
  const scores = add(
    matmul(flatten(relu(maxPool2d(maps, 2))), input("weight", [4, 2]) as Tensor),
    input("bias", [2]) as Tensor,
  );
  const net: Traced = { pixels: x, prepared: x as Tensor, scores };
  const array = (shape: number[], ...data: number[]): NDArray => ({ shape, data: Float64Array.from(data) });
  const feeds = (label: number) => ({
    x: array([1, 1, 2, 4], 3, -1, 1, 2, 0.5, -4, -2, -0.5),
    filters: array([2, 1, 1, 1], 1, -1),
    weight: array([4, 2], 8, -1, 16, -2, 4, 1, -8, 1),
    bias: array([2], 0.5, 0.25),
    class: array([1], label),
  });

  test("is what is computed by hand", () => {
    // Winners: of map 0 the places with 3 and 2, of map 1 those with −4 and −2. Class 0: α₀ = (8 + 16) / 8 = 3,
    // α₁ = (4 − 8) / 8 = −0.5. So the map is relu(3 relu(x) − 0.5 relu(−x)).
    expect([...mapOf(net, feeds(0)).data]).toEqual([9, 0, 3, 6, 1.5, 0, 0, 0]);
    // Class 1: α₀ = −3 / 8, α₁ = 2 / 8.
    expect([...mapOf(net, feeds(1)).data]).toEqual([0, 0.25, 0, 0, 0, 1, 0.5, 0.125]);
  });

  test("place by place, it sums to the score less its bias", () => {
    const { data } = mapOf(net, feeds(0), "hires-cam");
    expect([...data]).toEqual([24, 0, 0, 32, 0, 16, -16, 0]);
    expect(data.reduce((sum, value) => sum + value, 0)).toBe(chosen(net, feeds(0))[0] - 0.5);
  });
});

describe("the method", () => {
  test("without a name is the one that fits", () => {
    expect(methodFor(traced(cnn({ channels: [2] }), [1, 1, 4, 4])).name).toBe("grad-cam");
    expect(methodFor(traced(mlp({ hidden: [2] }), [1, 1, 4, 4])).name).toBe("input-gradient");
    expect(methodFor(traced(linear(), [1, 4])).name).toBe("input-gradient");
  });

  test("that does not fit is refused, and the fitting ones are named", () => {
    const refused = (run: () => unknown): UsageError | undefined => {
      try {
        run();
        return undefined;
      } catch (error) {
        return error as UsageError;
      }
    };
    const picture = refused(() => methodFor(traced(linear(), [1, 1, 4, 4]), "grad-cam"));
    expect(picture).toBeInstanceOf(UsageError);
    expect([picture?.what, picture?.fix]).toEqual([
      "grad-cam needs a convolution, which this network has not",
      "choose saliency or input-gradient",
    ]);
    expect(refused(() => methodFor(traced(linear(), [1, 4]), "saliency"))?.fix).toBe("choose input-gradient");
    expect(refused(() => methodFor(traced(linear(), [1, 4]), "gradcam"))?.fix).toMatch(/grad-cam/);
  });
});
