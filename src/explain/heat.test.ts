import { expect, test } from "vitest";
import { Random, sizeOf, UsageError } from "../core/index.ts";
import type { NDArray } from "../ir/index.ts";
import { crossEntropy } from "../losses/index.ts";
import { cnn } from "../models/index.ts";
import { sgd } from "../optimizers/index.ts";
import { evaluate } from "../reference/index.ts";
import { loadNative } from "../runtime/node/index.ts";
import { network, type Recipe } from "../train/recipe.ts";
import { feedsOf, heatGraph, heatOf, modelFor, type Run } from "./heat.ts";
import { type Method, methodFor, methods } from "./methods.ts";

const native = await loadNative({ threads: 1 });
if (native instanceof Error) throw native;
const runtime = native;
const run: Run = async (model, feeds) => await (await runtime.createSession(model)).run(feeds);

const recipe: Recipe = {
  model: cnn({ channels: [3, 4] }),
  loss: crossEntropy(),
  regularizers: [],
  optimizer: sgd(),
  normalization: { mean: [0.5, 0.4, 0.3], deviation: [0.25, 0.2, 0.1] },
  ...{ height: 8, width: 8, channels: 3, classes: 3 },
};
const traced = network(recipe, 2);
const weights = Object.fromEntries(
  traced.parameters.map(({ name, shape }) => {
    const random = new Random(5, name);
    return [name, Float32Array.from({ length: sizeOf(shape) }, () => 0.3 * random.normal())];
  }),
);
const random = new Random(6, "pixels");
const pixels = Uint8Array.from({ length: 2 * 8 * 8 * 3 }, () => random.below(256));
const classes = [2, 0];

test.each(Object.values<Method>(methods))("ONNX Runtime computes what the definition of $name says", async (method) => {
  const heat = await heatOf(traced, weights, pixels, classes, run, method.name);
  const exact = (shape: readonly number[], data: ArrayLike<number>): NDArray => ({
    shape,
    data: Float64Array.from(data),
  });
  const known = traced.parameters.map(({ name, shape }) => [name, exact(shape, weights[name])] as const);
  const feeds = { ...Object.fromEntries(known), pixels: exact([2, 8, 8, 3], pixels), class: exact([2], classes) };
  const { map, scores } = evaluate(heatGraph(traced, method), feeds);
  expect([heat.method, heat.maps.length]).toEqual([method.name, 2]);
  const size = map.data.length / 2;
  heat.maps.forEach(({ height, width, values, signed }, i) => {
    expect([height, width, signed]).toEqual([...map.shape.slice(1), method.signed]);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(map.data[i * size + k], 4);
    });
  });
  heat.scores.forEach((score, i) => {
    expect(score).toBeCloseTo(scores.data[i], 4);
  });
});

test("what does not fit together is refused", async () => {
  const refused = (...[examples, about]: [Uint8Array, number[]]) =>
    heatOf(traced, weights, examples, about, run).catch((error) => error);
  expect((await refused(pixels, [0, 3])) as UsageError).toMatchObject({ where: "class", what: "is 3" });
  expect((await refused(pixels, [0])) as UsageError).toMatchObject({ where: "examples" });
  expect(await refused(pixels.subarray(1), [0, 1])).toBeInstanceOf(UsageError);
});

test("weights that are too large for a copy are held by who runs the model, and nothing else changes", async () => {
  const asked = heatGraph(traced, methodFor(traced));
  const feeds = feedsOf(traced, pixels, classes);
  const [inside, apart] = [modelFor(asked, weights, "heat"), modelFor(asked, weights, "heat", 0)];
  expect(Object.keys(inside.held)).toEqual([]);
  expect(Object.keys(apart.held).sort()).toEqual(Object.keys(weights).sort());
  const [a, b] = [await run(inside.model, feeds, {}), await run(apart.model, { ...feeds, ...apart.held }, {})];
  a.map.data.forEach((value, i) => {
    expect(b.map.data[i]).toBeCloseTo(Number(value), 5);
  });
});
