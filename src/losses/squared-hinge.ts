import { chosen, frozen } from "../core/index.ts";
import { square, sum } from "../ops/index.ts";
import type { HingeOptions } from "./hinge.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { hingeTerms, marginSpace } from "./margins.ts";

/**
 * The squared multiclass hinge: Lᵢ = Σ_{j≠y} max(0, s_j − s_y + margin)². Differentiable everywhere, and harder on large
 * violations than the hinge: a different classifier.
 */
export const squaredHingeLoss = frozen<Loss<HingeOptions>>({
  name: "squared-hinge",
  formula: "Σ_{j≠y} max(0, s_j − s_y + 1)²",
  defaults: { margin: 1 },
  ranges: { margin: [0, Number.POSITIVE_INFINITY] },
  space: marginSpace,
  convex: true,
  smooth: true,
  perExample: ({ margin }, scores, labels) => sum(square(hingeTerms(scores, labels, margin)), 1),
  initial: ({ margin }, classes) => ({
    value: (classes - 1) * margin ** 2,
    formula: margin === 1 ? `${classes} − 1` : `(${classes} − 1)·${margin}²`,
  }),
});

/** The squared multiclass SVM loss. */
export const squaredHinge = (options: Partial<HingeOptions> = {}): LossChoice =>
  chosen("loss", squaredHingeLoss, options);
