import { frozen } from "../core/index.ts";
import { mul, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import { type DecayOptions, decayed, decayIsStructural, decayRange, decayScalars, decaySpace } from "./decay.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { ratesAround } from "./ranges.ts";

/** Stochastic gradient descent: w ← w − η g, with the gradient of one batch. Robbins and Monro 1951. */
export const sgdOptimizer = frozen<Optimizer<DecayOptions>>({
  name: "sgd",
  summary: "w ← w − ηg on each batch",
  defaults: { learningRate: 0.1, weightDecay: 0 },
  ranges: decayRange,
  space: { learningRate: ratesAround(0.1), ...decaySpace },
  searchFirst: ["learningRate"],
  structural: decayIsStructural,
  slots: () => [],
  scalars: (options, learningRate) => ({ learningRate, ...decayScalars(options, learningRate) }),
  update: (inputs) => ({
    parameter: sub(decayed(inputs), mul(inputs.gradient, inputs.scalars.learningRate)),
    slots: {},
  }),
});

/** Gradient descent: the same rule with the exact gradient of the whole training set (Cauchy 1847). */
export const gradientDescentOptimizer = frozen<Optimizer<DecayOptions>>({
  ...sgdOptimizer,
  name: "gradient-descent",
  summary: "w ← w − ηg on the whole training set",
  fullBatch: true,
});

/** Stochastic gradient descent. */
export const sgd = (options: OptimizerOptions<DecayOptions> = {}): OptimizerChoice =>
  optimizerOf(sgdOptimizer, options);

/** Gradient descent on the whole training set. */
export const gradientDescent = (options: OptimizerOptions<DecayOptions> = {}): OptimizerChoice =>
  optimizerOf(gradientDescentOptimizer, options);
