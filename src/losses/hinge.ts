import { chosen, frozen } from "../core/index.ts";
import { sum } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { hingeTerms, marginSpace } from "./margins.ts";

export interface HingeOptions {
  /** By how much the true class has to lead. */
  readonly margin: number;
}

/**
 * The multiclass SVM loss of Weston and Watkins 1999: Lᵢ = Σ_{j≠y} max(0, s_j − s_y + margin). Zero, with a zero gradient,
 * once the true class leads every other by the margin.
 */
export const hingeLoss = frozen<Loss<HingeOptions>>({
  name: "hinge",
  formula: "Σ_{j≠y} max(0, s_j − s_y + 1)",
  defaults: { margin: 1 },
  ranges: { margin: [0, Number.POSITIVE_INFINITY] },
  space: marginSpace,
  convex: true,
  perExample: ({ margin }, scores, labels) => sum(hingeTerms(scores, labels, margin), 1),
  initial: ({ margin }, classes) => ({
    value: (classes - 1) * margin,
    formula: margin === 1 ? `${classes} − 1` : `(${classes} − 1)·${margin}`,
  }),
});

/** The multiclass SVM loss. */
export const hinge = (options: Partial<HingeOptions> = {}): LossChoice => chosen("loss", hingeLoss, options);
