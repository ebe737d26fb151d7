import { frozen } from "../core/index.ts";
import { add, mul, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { MomentumOptions } from "./momentum.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";

/**
 * Nesterov's accelerated gradient: v ← βv + g, w ← w − η(g + βv): the step looks ahead to where the velocity will carry
 * the weights. Nesterov 1983, in the form of Sutskever et al. 2013 with the gradient at the shifted point, as PyTorch has it.
 */
export const nesterovOptimizer = frozen<Optimizer<MomentumOptions>>({
  name: "nesterov",
  summary: "v ← βv + g, w ← w − η(g + βv)",
  defaults: { learningRate: 0.02, momentum: 0.9 },
  ranges: { momentum: [0, 1] },
  slots: () => ["velocity"],
  scalars: ({ momentum }, learningRate) => ({ learningRate, momentum }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const velocity = add(mul(slots.velocity, scalars.momentum), gradient);
    const ahead = add(gradient, mul(velocity, scalars.momentum));
    return { parameter: sub(parameter, mul(ahead, scalars.learningRate)), slots: { velocity } };
  },
});

/** Momentum that looks ahead. */
export const nesterov = (options: OptimizerOptions<MomentumOptions> = {}): OptimizerChoice =>
  optimizerOf(nesterovOptimizer, options);
