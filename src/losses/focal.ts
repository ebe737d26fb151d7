import { chosen, frozen } from "../core/index.ts";
import { exp, logSoftmax, mul, neg, pow, sub, sum } from "../ops/index.ts";
import { float } from "../space/index.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { truthOf } from "./targets.ts";

export interface FocalOptions {
  /** γ: how much less a picture counts that is right already. */
  readonly gamma: number;
}

/**
 * Focal loss: Lᵢ = −(1 − p_y)^γ ln p_y with p = softmax(s). Lin et al. 2017: pictures that are right with certainty hardly
 * count, so the rare and the difficult ones do. Not convex. For soft targets t it is Σ_c t_c times the loss of class c.
 */
export const focalLoss = frozen<Loss<FocalOptions>>({
  name: "focal",
  formula: "−(1 − p_y)^γ ln p_y",
  defaults: { gamma: 2 },
  // Below 1 the derivative is infinite where p_y reaches 1, as it does in float32.
  ranges: { gamma: [1, Number.POSITIVE_INFINITY] },
  // Lin et al. 2017 try γ up to 5.
  space: { gamma: float(1, 5) },
  smooth: true,
  perExample: ({ gamma }, scores, labels) => {
    const truth = truthOf(scores, labels);
    const logP = sum(mul(logSoftmax(scores), truth), 1);
    return neg(mul(pow(sub(1, exp(logP)), gamma), logP));
  },
  perTarget: ({ gamma }, scores, targets) => {
    const logP = logSoftmax(scores);
    return neg(sum(mul(targets, mul(pow(sub(1, exp(logP)), gamma), logP)), 1));
  },
  initial: ({ gamma }, classes) => ({
    value: (1 - 1 / classes) ** gamma * Math.log(classes),
    formula: `(1 − 1/${classes})^${gamma} ln ${classes}`,
  }),
});

/** Cross-entropy that looks at the difficult pictures. */
export const focal = (options: Partial<FocalOptions> = {}): LossChoice => chosen("loss", focalLoss, options);
