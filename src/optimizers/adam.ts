import { frozen } from "../core/index.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
 * Kingma and Ba 2015, algorithm 1. The bias corrections are folded into two scalars.
 */
export const adamOptimizer = frozen<Optimizer<AdamOptions>>({
  name: "adam",
  summary: "step by the mean gradient over its root mean square",
  defaults: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  ranges: { beta1: [0, 1], beta2: [0, 1], epsilon: [0, Number.POSITIVE_INFINITY] },
  slots: () => ["mean", "meanSquare"],
  scalars: ({ beta1, beta2, epsilon }, learningRate, step) => ({
    beta1,
    rest1: 1 - beta1,
    beta2,
    rest2: 1 - beta2,
    // √v̂ + ε = (√v + ε√c₂) / √c₂ with c₂ = 1 − β₂ᵗ: one multiplication less for each weight.
    stepSize: (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step),
    epsilon: epsilon * Math.sqrt(1 - beta2 ** step),
  }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const mean = add(mul(slots.mean, scalars.beta1), mul(gradient, scalars.rest1));
    const meanSquare = add(mul(slots.meanSquare, scalars.beta2), mul(square(gradient), scalars.rest2));
    const step = div(mul(mean, scalars.stepSize), add(sqrt(meanSquare), scalars.epsilon));
    return { parameter: sub(parameter, step), slots: { mean, meanSquare } };
  },
});

/** Adam. */
export const adam = (options: OptimizerOptions<AdamOptions> = {}): OptimizerChoice =>
  optimizerOf(adamOptimizer, options);
