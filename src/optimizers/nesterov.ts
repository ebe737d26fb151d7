import { frozen } from "../core/index.ts";
import { add, mul, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import { type DecayOptions, decayed, decayIsStructural, decayRange, decayScalars, decaySpace } from "./decay.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { momentumSpace, ratesAround, share } from "./ranges.ts";

export interface NesterovOptions extends DecayOptions {
  /** β: the share of the velocity that is kept. */
  readonly momentum: number;
}

/**
 * Nesterov's accelerated gradient: v ← βv + g, w ← w − η(g + βv): the step looks ahead to where the velocity will carry
 * the weights. Nesterov 1983, in the form of Sutskever et al. 2013 with the gradient at the shifted point, as PyTorch has it.
 */
export const nesterovOptimizer = frozen<Optimizer<NesterovOptions>>({
  name: "nesterov",
  summary: "v ← βv + g, w ← w − η(g + βv)",
  defaults: { learningRate: 0.02, momentum: 0.9, weightDecay: 0 },
  ranges: { momentum: share, ...decayRange },
  space: { learningRate: ratesAround(0.02), momentum: momentumSpace, ...decaySpace },
  searchFirst: ["learningRate"],
  structural: decayIsStructural,
  slots: () => ["velocity"],
  scalars: (options, learningRate) => ({
    learningRate,
    momentum: options.momentum,
    ...decayScalars(options, learningRate),
  }),
  update: (inputs) => {
    const { gradient, slots, scalars } = inputs;
    const velocity = add(mul(slots.velocity, scalars.momentum), gradient);
    const ahead = add(gradient, mul(velocity, scalars.momentum));
    return { parameter: sub(decayed(inputs), mul(ahead, scalars.learningRate)), slots: { velocity } };
  },
});

/** Momentum that looks ahead. */
export const nesterov = (options: OptimizerOptions<NesterovOptions> = {}): OptimizerChoice =>
  optimizerOf(nesterovOptimizer, options);
