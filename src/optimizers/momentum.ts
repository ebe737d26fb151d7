import { frozen } from "../core/index.ts";
import { add, mul, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import { type DecayOptions, decayed, decayIsStructural, decayRange, decayScalars, decaySpace } from "./decay.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { momentumSpace, ratesAround, share } from "./ranges.ts";

export interface MomentumOptions extends DecayOptions {
  /** β: the share of the velocity that is kept. */
  readonly momentum: number;
  /** τ: the share of each gradient that does not enter the velocity. */
  readonly dampening: number;
}

/**
 * Momentum: v ← βv + (1 − τ)g, w ← w − ηv. Polyak 1964 ("heavy ball"), in the form of PyTorch's SGD: the velocity is a sum
 * of gradients, not multiplied by the learning rate, so that a schedule acts at once; the first gradient is not dampened.
 *
 * The slot holds u with v₁ = u₁ and vₜ = (1 − τ)uₜ from the second step on, so that uₜ = βuₜ₋₁ + gₜ at every step but the
 * second, u₂ = β/(1 − τ) u₁ + g₂: the dampening is a matter of two scalars and the graph does not know of it.
 */
export const momentumOptimizer = frozen<Optimizer<MomentumOptions>>({
  name: "momentum",
  summary: "v ← βv + (1 − τ)g, w ← w − ηv",
  defaults: { learningRate: 0.02, momentum: 0.9, dampening: 0, weightDecay: 0 },
  ranges: { momentum: share, dampening: share, ...decayRange },
  space: { learningRate: ratesAround(0.02), momentum: momentumSpace, ...decaySpace },
  searchFirst: ["learningRate"],
  structural: decayIsStructural,
  slots: () => ["velocity"],
  scalars: (options, learningRate, step) => {
    const { momentum, dampening } = options;
    return {
      learningRate: step === 1 ? learningRate : learningRate * (1 - dampening),
      momentum: step === 2 ? momentum / (1 - dampening) : momentum,
      ...decayScalars(options, learningRate),
    };
  },
  update: (inputs) => {
    const { gradient, slots, scalars } = inputs;
    const velocity = add(mul(slots.velocity, scalars.momentum), gradient);
    return { parameter: sub(decayed(inputs), mul(velocity, scalars.learningRate)), slots: { velocity } };
  },
});

/** Gradient descent with momentum. */
export const momentum = (options: OptimizerOptions<MomentumOptions> = {}): OptimizerChoice =>
  optimizerOf(momentumOptimizer, options);
