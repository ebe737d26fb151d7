import { frozen } from "../core/index.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/index.ts";
import { float } from "../space/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { epsilonRange, ratesAround, share } from "./ranges.ts";

export interface AdadeltaOptions {
  /** ρ: the share of both mean squares that is kept. */
  readonly decay: number;
  readonly epsilon: number;
}

/**
 * AdaDelta: r ← ρr + (1 − ρ)g², Δ = g √((d + ε) / (r + ε)), d ← ρd + (1 − ρ)Δ², w ← w − ηΔ. Zeiler 2012: a step has the
 * units of the weights, so η = 1 is meant to do. As d starts at 0 the first steps are about √ε: it is slow to start.
 *
 * The slots hold r/(1 − ρ) and d/(1 − ρ), which saves a pass over the weights for each.
 */
export const adadeltaOptimizer = frozen<Optimizer<AdadeltaOptions>>({
  name: "adadelta",
  summary: "steps measured by the size of earlier steps",
  defaults: { learningRate: 1, decay: 0.9, epsilon: 1e-6 },
  ranges: { decay: share, epsilon: epsilonRange },
  space: { learningRate: ratesAround(1), decay: float(0.9, 0.99) },
  searchFirst: ["learningRate"],
  slots: () => ["squares", "squaredSteps"],
  scalars: ({ decay, epsilon }, learningRate) => ({ learningRate, decay, epsilon: epsilon / (1 - decay) }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const { learningRate, decay, epsilon } = scalars;
    const squares = add(mul(slots.squares, decay), square(gradient));
    const step = mul(gradient, sqrt(div(add(slots.squaredSteps, epsilon), add(squares, epsilon))));
    const squaredSteps = add(mul(slots.squaredSteps, decay), square(step));
    return { parameter: sub(parameter, mul(step, learningRate)), slots: { squares, squaredSteps } };
  },
});

/** AdaDelta. */
export const adadelta = (options: OptimizerOptions<AdadeltaOptions> = {}): OptimizerChoice =>
  optimizerOf(adadeltaOptimizer, options);
