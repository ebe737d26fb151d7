import { chosen, frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { abs, mean, minimum, mul, sub } from "../ops/index.ts";
import { logFloat } from "../space/index.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { truthOf } from "./targets.ts";

export interface HuberOptions {
  /** δ: where the square turns into a line. */
  readonly delta: number;
}

function hubersError({ delta }: HuberOptions, scores: Tensor, targets: Tensor): Tensor {
  const size = abs(sub(scores, targets));
  // With c = min(|r|, δ) both pieces are c (|r| − ½c), and so are their derivatives.
  const capped = minimum(size, delta);
  return mean(mul(capped, sub(size, mul(capped, 0.5))), 1);
}

/**
 * Huber's loss against one-hot targets: Lᵢ = (1/C) Σ_c h(s_c − [c = y]) with h(r) = ½r² for |r| ≤ δ and δ(|r| − ½δ) beyond.
 * Huber 1964: squared error near the target, absolute error far from it.
 */
export const huberLoss = frozen<Loss<HuberOptions>>({
  name: "huber",
  formula: "(1/C) Σ_c h(s_c − [c = y])",
  defaults: { delta: 1 },
  ranges: { delta: [1e-6, Number.POSITIVE_INFINITY] },
  // Residuals of one-hot targets are about 1: above it, this is half of the mean squared error.
  space: { delta: logFloat(0.05, 1) },
  convex: true,
  smooth: true,
  perExample: (options, scores, labels) => hubersError(options, scores, truthOf(scores, labels)),
  perTarget: hubersError,
  initial: ({ delta }, classes) => {
    const capped = Math.min(1, delta);
    return { value: (capped * (1 - 0.5 * capped)) / classes, formula: `h(1)/${classes}` };
  },
});

/** Huber's loss against one-hot targets. */
export const huber = (options: Partial<HuberOptions> = {}): LossChoice => chosen("loss", huberLoss, options);
