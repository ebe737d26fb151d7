import { frozen } from "../core/index.ts";
import { greater, less, maximum, minimum, mul, sub, where } from "../ops/index.ts";
import { type OptimizerOptions, optimizerOf } from "./configure.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";
import { nonNegative, ratesAround, share } from "./ranges.ts";
import { sign } from "./sign.ts";

export interface RpropOptions {
  /** η⁻: a step size becomes this share of itself where the gradient has changed its sign. */
  readonly shrink: number;
  /** η⁺: a step size grows by this factor where it has not. */
  readonly grow: number;
  /** The smallest step, as a multiple of the learning rate. */
  readonly smallest: number;
  /** The largest step, as a multiple of the learning rate. */
  readonly largest: number;
}

/**
 * Rprop: every weight has a step size of its own, Δ ← η⁺Δ while its gradient keeps its sign, η⁻Δ when the sign changes, and
 * w ← w − Δ sign(g). The size of the gradient plays no part, so noise of batches would drown it: it sees the whole training
 * set at once. Riedmiller and Braun 1993.
 *
 * Differs: after a change of sign the weight stays for one step and the sign counts as none in the next (iRprop⁻: Igel and
 * Hüsken 2000, and PyTorch); the paper takes the last step back. Steps and their bounds are multiples of the learning rate,
 * where a schedule acts on all of them; at the default rate of 0.01 the bounds are PyTorch's 1e-6 and 50.
 */
export const rpropOptimizer = frozen<Optimizer<RpropOptions>>({
  name: "rprop",
  summary: "step by the sign, longer while it stays, on the whole training set",
  defaults: { learningRate: 0.01, shrink: 0.5, grow: 1.2, smallest: 1e-4, largest: 5000 },
  ranges: { shrink: share, grow: [1, Number.POSITIVE_INFINITY], smallest: nonNegative, largest: nonNegative },
  space: { learningRate: ratesAround(0.01) },
  fullBatch: true,
  slots: () => ["direction", "size"],
  initialSlot: (_options, slot) => (slot === "size" ? 1 : 0),
  scalars: ({ shrink, grow, smallest, largest }, learningRate) => ({ learningRate, shrink, grow, smallest, largest }),
  update: ({ parameter, gradient, slots, scalars }) => {
    const heading = sign(gradient);
    const agreement = mul(heading, slots.direction);
    const turned = less(agreement, 0);
    const factor = where(greater(agreement, 0), scalars.grow, where(turned, scalars.shrink, 1));
    const size = minimum(maximum(mul(slots.size, factor), scalars.smallest), scalars.largest);
    const direction = where(turned, 0, heading);
    return {
      parameter: sub(parameter, mul(mul(direction, size), scalars.learningRate)),
      slots: { direction, size },
    };
  },
});

/** Rprop. */
export const rprop = (options: OptimizerOptions<RpropOptions> = {}): OptimizerChoice =>
  optimizerOf(rpropOptimizer, options);
