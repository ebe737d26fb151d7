import { frozen } from "../core/index.ts";
import { add, div, mul, sqrt, sub } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import {
  adaptiveDecaySpace,
  type DecayOptions,
  decayed,
  decayIsStructural,
  decayRange,
  decayScalars,
} from "./decay.ts";
import {
  corrections,
  type MomentOptions,
  momentDefaults,
  momentRanges,
  momentSlots,
  nextSquares,
  nextVelocity,
} from "./moments.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { ratesAround } from "./ranges.ts";

export interface RadamOptions extends MomentOptions, DecayOptions {}

/** r: what rectifies the adaptive step; 0 while so few gradients were seen that the variance of √v̂ is out of hand. */
function rectification(beta2: number, step: number): number {
  const longest = 2 / (1 - beta2) - 1;
  const length = longest - (2 * step * beta2 ** step) / (1 - beta2 ** step);
  if (length <= 5) return 0;
  return Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length));
}

/**
 * RAdam: Adam that warms itself up. While the length ρₜ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ) of the mean of squares is at most 5, with
 * ρ∞ = 2/(1 − β₂) − 1, the step is plain momentum, w ← w − η m̂; then it is w ← w − η r m̂ / √v̂ with
 * r² = (ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ). Liu et al. 2020, algorithm 2. The host knows which of the two a step
 * takes: the graph holds both and one of two scalars is 0.
 * Differs: the threshold is 5, as in the authors' code and in PyTorch; 4 in the paper. ε is added to √v, before the
 * correction, as PyTorch does; the paper has none.
 */
export const radamOptimizer = frozen<Optimizer<RadamOptions>>({
  name: "radam",
  summary: "adam that warms itself up",
  defaults: { learningRate: 1e-3, ...momentDefaults, weightDecay: 0 },
  ranges: { ...momentRanges, ...decayRange },
  space: { learningRate: ratesAround(1e-3), ...adaptiveDecaySpace },
  searchFirst: ["learningRate"],
  structural: decayIsStructural,
  slots: () => momentSlots,
  scalars: (options, learningRate, step) => {
    const { beta1, beta2, epsilon } = options;
    const { mean, root } = corrections(options, step);
    const rectified = rectification(beta2, step);
    return {
      beta1,
      beta2,
      adaptive: (learningRate * mean * rectified) / root,
      plain: rectified === 0 ? learningRate * mean : 0,
      epsilon: epsilon / Math.sqrt(1 - beta2),
      ...decayScalars(options, learningRate),
    };
  },
  update: (inputs) => {
    const { scalars } = inputs;
    const velocity = nextVelocity(inputs);
    const squares = nextSquares(inputs);
    const rate = add(div(scalars.adaptive, add(sqrt(squares), scalars.epsilon)), scalars.plain);
    return { parameter: sub(decayed(inputs), mul(velocity, rate)), slots: { velocity, squares } };
  },
});

/** Rectified Adam. */
export const radam = (options: OptimizerOptions<RadamOptions> = {}): OptimizerChoice =>
  optimizerOf(radamOptimizer, options);
