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
import { nonNegative, ratesAround } from "./ranges.ts";

export interface NadamOptions extends MomentOptions, DecayOptions {
  /** ψ: how fast the momentum rises from half of β₁ to β₁. */
  readonly momentumDecay: number;
}

/** μₜ = β₁ (1 − ½ · 0.96^{tψ}) */
const momentumAt = (step: number, { beta1, momentumDecay }: NadamOptions) =>
  beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));

/** Π μᵢ for i = 1 … t. It is only ever taken from 1, so the factors that come after it has vanished beside 1 are left out. */
function productOfMomenta(step: number, options: NadamOptions): number {
  let product = 1;
  for (let t = 1; t <= step && product > Number.EPSILON / 4; t++) product *= momentumAt(t, options);
  return product;
}

/**
 * NAdam: Adam with Nesterov's look ahead, m̂ = (1 − μₜ) g / (1 − Πᵢ₌₁ᵗ μᵢ) + μₜ₊₁ m / (1 − Πᵢ₌₁ᵗ⁺¹ μᵢ), and a momentum μₜ that
 * warms up. Dozat 2016, algorithm 2.
 * Differs: m is a mean by β₁, as in PyTorch; in the paper by μₜ. PyTorch 1.13 counts μₜ twice in the second product, against
 * its own documentation; its multi-tensor form and later versions do not.
 */
export const nadamOptimizer = frozen<Optimizer<NadamOptions>>({
  name: "nadam",
  summary: "adam that looks ahead",
  defaults: { learningRate: 2e-3, ...momentDefaults, momentumDecay: 4e-3, weightDecay: 0 },
  ranges: { ...momentRanges, momentumDecay: nonNegative, ...decayRange },
  space: { learningRate: ratesAround(2e-3), ...adaptiveDecaySpace },
  searchFirst: ["learningRate"],
  structural: decayIsStructural,
  slots: () => momentSlots,
  scalars: (options, learningRate, step) => {
    const { beta1, beta2, epsilon } = options;
    const { root } = corrections(options, step);
    const [now, next] = [momentumAt(step, options), momentumAt(step + 1, options)];
    const product = productOfMomenta(step, options);
    return {
      beta1,
      beta2,
      ofGradient: (learningRate * (1 - now)) / (1 - product) / root,
      ofVelocity: (learningRate * next * (1 - beta1)) / (1 - product * next) / root,
      epsilon: epsilon / root,
      ...decayScalars(options, learningRate),
    };
  },
  update: (inputs) => {
    const { gradient, scalars } = inputs;
    const velocity = nextVelocity(inputs);
    const squares = nextSquares(inputs);
    const ahead = add(mul(gradient, scalars.ofGradient), mul(velocity, scalars.ofVelocity));
    const step = div(ahead, add(sqrt(squares), scalars.epsilon));
    return { parameter: sub(decayed(inputs), step), slots: { velocity, squares } };
  },
});

/** Adam with Nesterov's look ahead. */
export const nadam = (options: OptimizerOptions<NadamOptions> = {}): OptimizerChoice =>
  optimizerOf(nadamOptimizer, options);
