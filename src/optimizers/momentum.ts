import { frozen } from "../core/index.ts";
import { add, mul, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";

export interface MomentumOptions {
  /** β: the share of the velocity that is kept. */
  readonly momentum: number;
}

/**
 * Momentum: v ← βv + g, w ← w − ηv. Polyak 1964 ("heavy ball"), in the form of PyTorch's SGD: the velocity is a sum of
 * gradients, not multiplied by the learning rate, so that a schedule acts at once.
 */
export const momentumOptimizer = frozen<Optimizer<MomentumOptions>>({
  name: "momentum",
  summary: "v ← βv + g, w ← w − ηv",
  defaults: { learningRate: 0.02, momentum: 0.9 },
  ranges: { momentum: [0, 1] },
  slots: () => ["velocity"],
  scalars: ({ momentum }, learningRate) => ({ learningRate, momentum }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const velocity = add(mul(slots.velocity, scalars.momentum), gradient);
    return { parameter: sub(parameter, mul(velocity, scalars.learningRate)), slots: { velocity } };
  },
});

/** Gradient descent with momentum. */
export const momentum = (options: OptimizerOptions<MomentumOptions> = {}): OptimizerChoice =>
  optimizerOf(momentumOptimizer, options);
