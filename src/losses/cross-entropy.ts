import { chosen, frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { logSoftmax, mul, neg, sum } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { type SmoothingOptions, smoothed, smoothingRanges, smoothingSpace, truthOf } from "./targets.ts";

/** −Σ_c q_c ln p_c for targets before smoothing. */
const crossEntropyOf = ({ smoothing }: SmoothingOptions, scores: Tensor, targets: Tensor): Tensor =>
  neg(sum(mul(logSoftmax(scores), smoothed(targets, smoothing)), 1));

/**
 * Cross-entropy: Lᵢ = −ln p_y with p = softmax(s), the negative log-likelihood of the true class. Its gradient is
 * ∂Lᵢ/∂s = p − 1_y: never zero, so the classifier is never quite satisfied.
 *
 * With smoothing ε the true class is no longer certain: Lᵢ = −Σ_c q_c ln p_c with q = (1 − ε) 1_y + ε/C, whose gradient
 * p − q vanishes at finite scores. Szegedy et al. 2016. Soft targets are smoothed likewise, as in PyTorch.
 */
export const crossEntropyLoss = frozen<Loss<SmoothingOptions>>({
  name: "cross-entropy",
  formula: "−ln softmax(s)_y",
  defaults: { smoothing: 0 },
  ranges: smoothingRanges,
  space: smoothingSpace,
  convex: true,
  smooth: true,
  perExample: (options, scores, labels) => crossEntropyOf(options, scores, truthOf(scores, labels)),
  perTarget: crossEntropyOf,
  // Every p_c is 1/C then, so it does not matter how the targets are spread.
  initial: (_options, classes) => ({ value: Math.log(classes), formula: `ln ${classes}` }),
});

/** Softmax cross-entropy, with label smoothing if wanted. */
export const crossEntropy = (options: Partial<SmoothingOptions> = {}): LossChoice =>
  chosen("loss", crossEntropyLoss, options);
