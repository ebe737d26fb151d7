/** Whole networks, lowered for native ONNX Runtime, learn what they learn of standard operators. */
import { expect, test } from "vitest";
import { crossEntropy } from "../../src/losses/index.ts";
import type { ModelChoice } from "../../src/models/index.ts";
import { cnn, fastnet, mlp, resnet } from "../../src/models/index.ts";
import { momentum } from "../../src/optimizers/index.ts";
import { stepGraph } from "../../src/train/step-graph.ts";
import { stepsOf } from "./steps.ts";

const traced = (model: ModelChoice, size: number, channels: 1 | 3) =>
  stepGraph(
    {
      model,
      loss: crossEntropy(),
      regularizers: [],
      optimizer: momentum(),
      normalization: { mean: Array(channels).fill(0.5), deviation: Array(channels).fill(0.3) },
      height: size,
      width: size,
      channels,
      classes: 10,
    },
    16,
  );

test.each<[string, ModelChoice, number, 1 | 3]>([
  ["mlp", mlp({ hidden: [256, 256] }), 16, 1],
  ["mlp with a layer whose bias is added apart", mlp({ hidden: [2048] }), 8, 1],
  ["cnn", cnn({ channels: [16, 32] }), 16, 3],
  ["cnn of 5×5, with gelu", cnn({ channels: [32, 48], kernel: 5, activation: "gelu" }), 12, 1],
  ["fastnet", fastnet({ width: 16 }), 28, 1],
  ["fastnet of larger pictures", fastnet({ width: 16, dropout: 0.25 }), 48, 3],
  ["resnet", resnet({ depth: 8 }), 16, 3],
])("%s", async (_, model, size, channels) => {
  const graph = traced(model, size, channels);
  const [own, standard] = [await stepsOf(graph, "native", 1), await stepsOf(graph, "standard", 1)];
  const off = Object.entries(standard.states[0]).map(([name, numbers]) => {
    const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const farthest = numbers.reduce((most, value, i) => Math.max(most, Math.abs(own.states[0][name][i] - value)), 0);
    return farthest / largest;
  });
  off.sort((a, b) => a - b);
  // A number beside a kink may fall to its other side, which is seen in all gradients before it.
  expect(off.at(-1)).toBeLessThan(0.02);
  expect(off[off.length >> 1]).toBeLessThan(1e-5);
});
