import { frozen } from "../core/index.ts";
import { add, div, maximum, mul, sqrt, sub } from "../ops/index.ts";
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

export interface AdamOptions extends MomentOptions {
  /** Divide by the largest mean square so far, so that the effective rate cannot grow again. Reddi et al. 2018. */
  readonly amsgrad: boolean;
}

export interface AdamwOptions extends AdamOptions, DecayOptions {}

const defaults = { learningRate: 1e-3, ...momentDefaults, amsgrad: false };
const amsgradIsStructural = { amsgrad: "the largest mean square is one slot more" };

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
 * Kingma and Ba 2015, algorithm 1; ten passes over the weights.
 * Differs: AMSGrad divides its largest v by 1 − β₂ᵗ as PyTorch does; its paper corrects nothing.
 */
export const adamOptimizer = frozen<Optimizer<AdamOptions>>({
  name: "adam",
  summary: "step by the mean gradient over its root mean square",
  defaults,
  ranges: momentRanges,
  space: { learningRate: ratesAround(1e-3) },
  structural: amsgradIsStructural,
  slots: ({ amsgrad }) => [...momentSlots, ...(amsgrad ? ["largest"] : [])],
  scalars: (options, learningRate, step) => {
    const { mean, root } = corrections(options, step);
    return {
      beta1: options.beta1,
      beta2: options.beta2,
      // η mean u / (root √s + ε), with the root divided out: one multiplication less for each weight.
      stepSize: (learningRate * mean) / root,
      epsilon: options.epsilon / root,
    };
  },
  update: (inputs) => {
    const { slots, scalars } = inputs;
    const velocity = nextVelocity(inputs);
    const squares = nextSquares(inputs);
    const largest = slots.largest === undefined ? undefined : maximum(slots.largest, squares);
    const step = div(mul(velocity, scalars.stepSize), add(sqrt(largest ?? squares), scalars.epsilon));
    return {
      parameter: sub(decayed(inputs), step),
      slots: { velocity, squares, ...(largest === undefined ? {} : { largest }) },
    };
  },
});

/** AdamW: Adam with decoupled weight decay. Loshchilov and Hutter 2019. */
export const adamwOptimizer = frozen<Optimizer<AdamwOptions>>({
  ...adamOptimizer,
  name: "adamw",
  summary: "adam whose weights shrink by a share at each step",
  defaults: { ...defaults, weightDecay: 0.01 },
  ranges: { ...momentRanges, ...decayRange },
  space: { ...adamOptimizer.space, ...adaptiveDecaySpace },
  structural: { ...amsgradIsStructural, ...decayIsStructural },
  scalars: (options, learningRate, step) => ({
    ...adamOptimizer.scalars(options, learningRate, step),
    ...decayScalars(options, learningRate),
  }),
});

/** Adam. */
export const adam = (options: OptimizerOptions<AdamOptions> = {}): OptimizerChoice =>
  optimizerOf(adamOptimizer, options);

/** Adam with decoupled weight decay. */
export const adamw = (options: OptimizerOptions<AdamwOptions> = {}): OptimizerChoice =>
  optimizerOf(adamwOptimizer, options);
