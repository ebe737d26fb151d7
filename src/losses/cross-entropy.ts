import { chosen, frozen } from "../core/index.ts";
import { logSoftmax, mul, neg, oneHot, sum } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";

/**
 * Cross-entropy: Lᵢ = −ln p_y with p = softmax(s), the negative log-likelihood of the true class. Its gradient is
 * ∂Lᵢ/∂s = p − 1_y: never zero, so the classifier is never quite satisfied.
 */
export const crossEntropyLoss = frozen<Loss<Record<string, never>>>({
  name: "cross-entropy",
  formula: "−ln softmax(s)_y",
  defaults: {},
  perExample: (_options, scores, labels) =>
    neg(sum(mul(logSoftmax(scores), oneHot(labels, scores.shape[1], scores.dtype)), 1)),
  initial: (_options, classes) => ({ value: Math.log(classes), formula: `ln ${classes}` }),
});

/** Softmax cross-entropy. */
export const crossEntropy = (): LossChoice => chosen("loss", crossEntropyLoss);
