import { frozen } from "../core/index.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";

export interface RmspropOptions {
  /** The share of the mean square that is kept. */
  readonly decay: number;
  readonly epsilon: number;
}

/**
 * RMSProp: r ← ρr + (1 − ρ)g², w ← w − η g / (√r + ε). Tieleman and Hinton 2012 (lecture 6e): AdaGrad that forgets, so the
 * effective rate can grow again.
 */
export const rmspropOptimizer = frozen<Optimizer<RmspropOptions>>({
  name: "rmsprop",
  summary: "r ← ρr + (1 − ρ)g², w ← w − ηg/(√r + ε)",
  defaults: { learningRate: 1e-3, decay: 0.99, epsilon: 1e-8 },
  ranges: { decay: [0, 1], epsilon: [0, Number.POSITIVE_INFINITY] },
  slots: () => ["meanSquare"],
  scalars: ({ decay, epsilon }, learningRate) => ({ learningRate, decay, rest: 1 - decay, epsilon }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const meanSquare = add(mul(slots.meanSquare, scalars.decay), mul(square(gradient), scalars.rest));
    const step = div(mul(gradient, scalars.learningRate), add(sqrt(meanSquare), scalars.epsilon));
    return { parameter: sub(parameter, step), slots: { meanSquare } };
  },
});

/** RMSProp. */
export const rmsprop = (options: OptimizerOptions<RmspropOptions> = {}): OptimizerChoice =>
  optimizerOf(rmspropOptimizer, options);
