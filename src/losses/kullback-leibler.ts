import { chosen, frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { greater, log, logSoftmax, mul, sub, sum, where } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { type SmoothingOptions, smoothed, smoothingRanges, smoothingSpace, truthOf } from "./targets.ts";

/** Σ_c q_c (ln q_c − ln p_c) for targets q before smoothing; 0 · ln 0 counts as 0. */
function divergence({ smoothing }: SmoothingOptions, scores: Tensor, targets: Tensor): Tensor {
  const q = smoothed(targets, smoothing);
  return sum(mul(q, sub(log(where(greater(q, 0), q, 1)), logSoftmax(scores))), 1);
}

/**
 * The Kullback-Leibler divergence from the softmax p to smoothed targets q: Lᵢ = Σ_c q_c (ln q_c − ln p_c) with
 * q = (1 − ε) 1_y + ε/C. Kullback and Leibler 1951. It is the cross-entropy less the entropy of q: the same gradient, p − q,
 * but its minimum is 0, so that the loss says how far there is to go.
 */
export const kullbackLeiblerLoss = frozen<Loss<SmoothingOptions>>({
  name: "kullback-leibler",
  formula: "Σ_c q_c (ln q_c − ln softmax(s)_c)",
  defaults: { smoothing: 0.1 },
  ranges: smoothingRanges,
  space: smoothingSpace,
  convex: true,
  smooth: true,
  perExample: (options, scores, labels) => divergence(options, scores, truthOf(scores, labels)),
  perTarget: divergence,
  initial: ({ smoothing }, classes) => {
    const rest = smoothing / classes;
    const own = 1 - smoothing + rest;
    const term = (q: number) => (q > 0 ? q * Math.log(q) : 0);
    const value = Math.log(classes) + term(own) + (classes - 1) * term(rest);
    return { value, formula: smoothing > 0 ? `ln ${classes} − H(q)` : `ln ${classes}` };
  },
});

/** The divergence from softmax to smoothed targets. */
export const kullbackLeibler = (options: Partial<SmoothingOptions> = {}): LossChoice =>
  chosen("loss", kullbackLeiblerLoss, options);
