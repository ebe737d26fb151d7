import { frozen } from "../core/index.ts";
import { abs, add, div, maximum, mul, sub } from "../ops/index.ts";
import type { AdamOptions } from "./adam.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";

/**
 * AdaMax: m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g| + ε), w ← w − η m / ((1 − β₁ᵗ) u). Kingma and Ba 2015, section 7.1: Adam
 * with the largest recent gradient in place of the root mean square. ε inside the maximum, as PyTorch has it.
 */
export const adamaxOptimizer = frozen<Optimizer<AdamOptions>>({
  name: "adamax",
  summary: "step by the mean gradient over its largest recent size",
  defaults: { learningRate: 2e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  ranges: { beta1: [0, 1], beta2: [0, 1], epsilon: [0, Number.POSITIVE_INFINITY] },
  slots: () => ["mean", "largest"],
  scalars: ({ beta1, beta2, epsilon }, learningRate, step) => ({
    beta1,
    rest1: 1 - beta1,
    beta2,
    epsilon,
    stepSize: learningRate / (1 - beta1 ** step),
  }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const mean = add(mul(slots.mean, scalars.beta1), mul(gradient, scalars.rest1));
    const largest = maximum(mul(slots.largest, scalars.beta2), add(abs(gradient), scalars.epsilon));
    return { parameter: sub(parameter, mul(div(mean, largest), scalars.stepSize)), slots: { mean, largest } };
  },
});

/** AdaMax. */
export const adamax = (options: OptimizerOptions<AdamOptions> = {}): OptimizerChoice =>
  optimizerOf(adamaxOptimizer, options);
