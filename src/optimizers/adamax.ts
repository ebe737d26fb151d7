import { frozen } from "../core/index.ts";
import { abs, add, div, maximum, mul, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import { corrections, type MomentOptions, momentDefaults, momentRanges, nextVelocity } from "./moments.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { ratesAround } from "./ranges.ts";

/**
 * AdaMax: m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g| + ε), w ← w − η m / ((1 − β₁ᵗ) u). Kingma and Ba 2015, section 7.1: Adam
 * with the largest recent gradient in place of the root mean square.
 * Differs: ε inside the maximum, as PyTorch has it; the paper has none.
 */
export const adamaxOptimizer = frozen<Optimizer<MomentOptions>>({
  name: "adamax",
  summary: "step by the mean gradient over its largest recent size",
  defaults: { learningRate: 2e-3, ...momentDefaults },
  ranges: momentRanges,
  space: { learningRate: ratesAround(2e-3) },
  slots: () => ["velocity", "largest"],
  scalars: (options, learningRate, step) => ({
    beta1: options.beta1,
    beta2: options.beta2,
    epsilon: options.epsilon,
    stepSize: learningRate * corrections(options, step).mean,
  }),
  update: (inputs) => {
    const { parameter, gradient, slots, scalars } = inputs;
    const velocity = nextVelocity(inputs);
    const largest = maximum(mul(slots.largest, scalars.beta2), add(abs(gradient), scalars.epsilon));
    return {
      parameter: sub(parameter, mul(div(velocity, largest), scalars.stepSize)),
      slots: { velocity, largest },
    };
  },
});

/** AdaMax. */
export const adamax = (options: OptimizerOptions<MomentOptions> = {}): OptimizerChoice =>
  optimizerOf(adamaxOptimizer, options);
