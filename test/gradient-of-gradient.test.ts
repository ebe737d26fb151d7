/**
 * Gradients of gradients on whole networks: the Hessian times a vector v, as the gradient of ⟨∂L/∂W, v⟩, against
 * differences of ∂L/∂W along v, in the reference; and the same graph on ONNX Runtime.
 */
import { describe, expect, test } from "vitest";
import { gradients } from "../src/autodiff/index.ts";
import { Random } from "../src/core/index.ts";
import { type Graph, graph, input, type NDArray, type Tensor, verify } from "../src/ir/index.ts";
import { losses } from "../src/losses/index.ts";
import { cnn, type ModelChoice, mlp, models, vit } from "../src/models/index.ts";
import { initialize, Parameters } from "../src/nn/index.ts";
import { add, mean, mul, sum } from "../src/ops/index.ts";
import { evaluate } from "../src/reference/index.ts";
import { difference, runNative } from "./conformance/native.ts";

const [batch, classes] = [3, 3];

interface Problem {
  /** Outputs `d W` for every parameter W. */
  readonly gradient: Graph;
  /** Outputs `h W` for every parameter W: the Hessian times the inputs `v W`. */
  readonly product: Graph;
  readonly parameters: readonly string[];
  readonly feeds: Record<string, NDArray>;
}

function problemOf(model: ModelChoice, loss: keyof typeof losses): Problem {
  const random = new Random(11, `${model.name} ${JSON.stringify(model.options)} ${loss}`);
  const pictures = input("pictures", [batch, 2, 6, 6]);
  const labels = input("labels", [batch], { dtype: "int32" });
  const parameters = new Parameters();
  const scores = models[model.name as keyof typeof models].apply(
    model.options,
    pictures as Tensor,
    classes,
    parameters,
  );
  const unit = losses[loss];
  const objective = mean(unit.perExample(unit.defaults, scores, labels as Tensor));
  const tensors = parameters.list.map(({ tensor }) => tensor as Tensor);
  const first = gradients(objective, tensors);
  const directions = parameters.list.map(({ name, shape }) => input(`v ${name}`, shape) as Tensor);
  const along = first.map((slope, i) => sum(mul(slope, directions[i]))).reduce((a, b) => add(a, b));
  const second = gradients(along, tensors);
  const names = parameters.list.map(({ name }) => name);
  const outputs = (letter: string, values: readonly Tensor[]) =>
    Object.fromEntries(values.map((value, i) => [`${letter} ${names[i]}`, value]));
  const normal = (shape: readonly number[], scale = 1): NDArray => ({
    shape,
    data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.fround(scale * random.normal())),
  });
  const feeds: Record<string, NDArray> = {
    pictures: normal(pictures.shape),
    labels: { shape: [batch], data: Float64Array.of(0, 2, 1) },
  };
  const values = initialize(parameters.list, 3);
  for (const { name, shape, role } of parameters.list) {
    // Biases away from 0 and larger last weights: a point of no symmetry.
    const drawn = { shape, data: Float64Array.from(values[name]) };
    feeds[name] = role === "bias" || name.startsWith("scores") ? normal(shape, 0.5) : drawn;
    feeds[`v ${name}`] = normal(shape);
  }
  const product = graph(outputs("h", second));
  verify(product);
  return { gradient: graph(outputs("d", first)), product, parameters: names, feeds };
}

/** Central differences of every ∂L/∂W along v. */
function byDifferences({ gradient, parameters, feeds }: Problem): Record<string, NDArray> {
  const step = 1e-5;
  const at = (h: number) => {
    const moved = parameters.map((name) => {
      const { shape, data } = feeds[name];
      return [name, { shape, data: data.map((value, i) => value + h * feeds[`v ${name}`].data[i]) }];
    });
    return evaluate(gradient, { ...feeds, ...Object.fromEntries(moved) });
  };
  const [ahead, behind] = [at(step), at(-step)];
  return Object.fromEntries(
    Object.entries(ahead).map(([name, { shape, data }]) => [
      name.replace(/^d /, "h "),
      { shape, data: data.map((value, i) => (value - behind[name].data[i]) / (2 * step)) },
    ]),
  );
}

const problems: [string, ModelChoice, keyof typeof losses][] = [
  ["mlp with rectifiers, cross-entropy", mlp({ hidden: [7, 5] }), "cross-entropy"],
  ["mlp with tanh, squared hinge", mlp({ hidden: [6], activation: "tanh" }), "squared-hinge"],
  ["mlp with sigmoid, squared error", mlp({ hidden: [6], activation: "sigmoid" }), "mse"],
  ["mlp with gelu, cross-entropy", mlp({ hidden: [6], activation: "gelu" }), "cross-entropy"],
  ["mlp with silu, squared hinge", mlp({ hidden: [6], activation: "silu" }), "squared-hinge"],
  ["mlp with softplus, squared error", mlp({ hidden: [6], activation: "softplus" }), "mse"],
  ["cnn with leaky rectifiers, cross-entropy", cnn({ channels: [3], activation: "leaky-relu" }), "cross-entropy"],
  ["cnn with max pooling, cross-entropy", cnn({ channels: [3, 4] }), "cross-entropy"],
  ["cnn of separable convolutions", cnn({ channels: [3, 4], separable: true, activation: "silu" }), "cross-entropy"],
  ["vit, cross-entropy", vit({ patch: 3, dim: 4, depth: 1, heads: 2 }), "cross-entropy"],
  ["cnn with tanh, hinge", cnn({ channels: [3], activation: "tanh" }), "hinge"],
];

describe.each(problems)("Hessian-vector product of %s", (_, model, loss) => {
  const problem = problemOf(model, loss);
  const exact = evaluate(problem.product, problem.feeds);

  test("is not zero", () => {
    expect(Object.values(exact).some(({ data }) => data.some((value) => Math.abs(value) > 0.01))).toBe(true);
  });

  test("agrees with differences of the gradient", () => {
    const approximate = byDifferences(problem);
    expect(Object.keys(approximate)).toEqual(Object.keys(exact));
    for (const [name, value] of Object.entries(approximate)) {
      expect([name, difference(exact[name], value, 1e-6)]).toEqual([name, undefined]);
    }
  });

  test("is the same on ONNX Runtime", async () => {
    const actual = await runNative(problem.product, problem.feeds);
    for (const [name, value] of Object.entries(exact)) {
      expect([name, difference(actual[name], value, 1e-4)]).toEqual([name, undefined]);
    }
  });
});
