import { chosen, frozen } from "../core/index.ts";
import { add, max, mul, sub, sum } from "../ops/index.ts";
import type { HingeOptions } from "./hinge.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { marginSpace } from "./margins.ts";
import { truthOf } from "./targets.ts";

/**
 * The multiclass SVM loss of Crammer and Singer 2001: Lᵢ = max(0, max_{j≠y} s_j − s_y + margin): only the strongest rival
 * counts, where the hinge of Weston and Watkins adds up all of them.
 */
export const crammerSingerLoss = frozen<Loss<HingeOptions>>({
  name: "crammer-singer",
  formula: "max(0, max_{j≠y} s_j − s_y + 1)",
  defaults: { margin: 1 },
  ranges: { margin: [0, Number.POSITIVE_INFINITY] },
  space: marginSpace,
  convex: true,
  perExample: ({ margin }, scores, labels) => {
    const truth = truthOf(scores, labels);
    // The true class takes part without the margin, so the largest term is s_y at least: that is the max(0, …).
    const rivals = add(scores, mul(sub(1, truth), margin));
    return sub(max(rivals, 1), sum(mul(scores, truth), 1));
  },
  initial: ({ margin }) => ({ value: margin, formula: `${margin}` }),
});

/** The multiclass SVM loss of the strongest rival. */
export const crammerSinger = (options: Partial<HingeOptions> = {}): LossChoice =>
  chosen("loss", crammerSingerLoss, options);
