/** A model file with batch norm: the running statistics are in it, and it answers what the network does. */
import { expect, test } from "vitest";
import { Random } from "../core/index.ts";
import { graph } from "../ir/index.ts";
import { crossEntropy } from "../losses/index.ts";
import { resnet } from "../models/index.ts";
import { initialize } from "../nn/index.ts";
import { adam } from "../optimizers/index.ts";
import { evaluate } from "../reference/index.ts";
import { loadNative } from "../runtime/node/index.ts";
import { network } from "../train/index.ts";
import { exportModel } from "./export-model.ts";

const native = await loadNative({ threads: 1 });
if (native instanceof Error) throw native;
const runtime = native;

test.each([
  ["float32", 5],
  ["int8", 2],
] as const)("%s", async (precision, digits) => {
  const normalization = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
  const size = { height: 8, width: 8, channels: 3 as const, classes: 3 };
  const recipe = { model: resnet({ depth: 8, width: 4 }), loss: crossEntropy(), regularizers: [], optimizer: adam() };
  const whole = { ...recipe, normalization, ...size };
  const net = network(whole, 1);
  const random = new Random(4, "export");
  const weights = initialize(net.parameters, 3);
  for (const { name, shape } of net.buffers) {
    weights[name] = Float32Array.from({ length: shape[0]! }, () => random.between(0.5, 2));
  }
  const facts = { classes: ["a", "b", "c"], temperature: 5, data: "drawn", fit: "stretch", seed: 1, weightsHash: "" };
  const model = exportModel(whole, weights, facts as Parameters<typeof exportModel>[2], precision);
  const pixels = Uint8Array.from({ length: 192 }, () => random.below(256));
  const session = await runtime.createSession(model);
  const { probabilities } = await session.run({ pixels: { dtype: "uint8", shape: [8, 8, 3], data: pixels } });
  await session.release();
  const all: Record<string, ArrayLike<number>> = { ...weights, pixels };
  const traced = graph({ scores: net.scores });
  const feeds = traced.inputs.map(({ attrs: { name, shape } }) => {
    return [name, { shape, data: Float64Array.from(all[name]!) }] as const;
  });
  const scores = Array.from(evaluate(traced, Object.fromEntries(feeds)).scores.data, (score) => Math.exp(5 * score));
  const total = scores.reduce((sum, one) => sum + one, 0);
  scores.forEach((score, i) => {
    expect(probabilities!.data[i]).toBeCloseTo(score / total, digits);
  });
});
