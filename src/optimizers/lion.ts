import { frozen } from "../core/index.ts";
import { add, mul, sub } from "../ops/index.ts";
import { logFloat } from "../space/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import { type DecayOptions, decayed, decayIsStructural, decayRange, decayScalars } from "./decay.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { ratesAround, share } from "./ranges.ts";
import { sign } from "./sign.ts";

export interface LionOptions extends DecayOptions {
  /** β₁: the share of the mean gradient in a step. */
  readonly beta1: number;
  /** β₂: the share of the mean gradient that is kept. */
  readonly beta2: number;
}

/**
 * Lion: w ← w − η sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g. Chen et al. 2023 ("Symbolic discovery of optimization
 * algorithms"): every weight moves by η at each step, so rates are three to ten times smaller than Adam's; one slot.
 *
 * The slot holds u = m/(1 − β₂), u ← β₂u + g. The sign does not mind a positive factor: what it is taken of is
 * β₁(1 − β₂)/(1 − β₁) u + g.
 */
export const lionOptimizer = frozen<Optimizer<LionOptions>>({
  name: "lion",
  summary: "step by the sign of the mean gradient",
  defaults: { learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0 },
  ranges: { beta1: share, beta2: share, ...decayRange },
  // Rates are three to ten times smaller than Adam's, so decays are as much larger (Chen et al. 2023, section 5).
  space: { learningRate: ratesAround(1e-4), weightDecay: logFloat(1e-2, 10) },
  searchFirst: ["learningRate"],
  structural: decayIsStructural,
  slots: () => ["velocity"],
  scalars: (options, learningRate) => {
    const { beta1, beta2 } = options;
    return {
      learningRate,
      blend: (beta1 * (1 - beta2)) / (1 - beta1),
      beta2,
      ...decayScalars(options, learningRate),
    };
  },
  update: (inputs) => {
    const { gradient, slots, scalars } = inputs;
    const direction = sign(add(mul(slots.velocity, scalars.blend), gradient));
    const velocity = add(mul(slots.velocity, scalars.beta2), gradient);
    return { parameter: sub(decayed(inputs), mul(direction, scalars.learningRate)), slots: { velocity } };
  },
});

/** Lion. */
export const lion = (options: OptimizerOptions<LionOptions> = {}): OptimizerChoice =>
  optimizerOf(lionOptimizer, options);
