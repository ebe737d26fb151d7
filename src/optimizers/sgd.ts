import { frozen } from "../core/index.ts";
import { mul, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";

/** Stochastic gradient descent: w ← w − η g, with the gradient of one batch. Robbins and Monro 1951. */
export const sgdOptimizer = frozen<Optimizer>({
  name: "sgd",
  summary: "w ← w − ηg on each batch",
  defaults: { learningRate: 0.1 },
  slots: () => [],
  scalars: (_options, learningRate) => ({ learningRate }),
  update: ({ parameter, gradient, scalars }) => ({
    parameter: sub(parameter, mul(gradient, scalars.learningRate)),
    slots: {},
  }),
});

/** Gradient descent: the same rule with the exact gradient of the whole training set (Cauchy 1847). */
export const gradientDescentOptimizer = frozen<Optimizer>({
  ...sgdOptimizer,
  name: "gradient-descent",
  summary: "w ← w − ηg on the whole training set",
  defaults: { learningRate: 0.1 },
  fullBatch: true,
});

/** Stochastic gradient descent. */
export const sgd = (options: OptimizerOptions<object> = {}): OptimizerChoice => optimizerOf(sgdOptimizer, options);

/** Gradient descent on the whole training set. */
export const gradientDescent = (options: OptimizerOptions<object> = {}): OptimizerChoice =>
  optimizerOf(gradientDescentOptimizer, options);
