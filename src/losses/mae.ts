import { chosen, frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { abs, mean, sub } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { truthOf } from "./targets.ts";

const absoluteError = (scores: Tensor, targets: Tensor) => mean(abs(sub(scores, targets)), 1);

/** Mean absolute error against one-hot targets: Lᵢ = (1/C) Σ_c |s_c − [c = y]|. Wrong labels pull no harder than right ones. */
export const maeLoss = frozen<Loss>({
  name: "mae",
  formula: "(1/C) Σ_c |s_c − [c = y]|",
  defaults: {},
  convex: true,
  perExample: (_options, scores, labels) => absoluteError(scores, truthOf(scores, labels)),
  perTarget: (_options, scores, targets) => absoluteError(scores, targets),
  initial: (_options, classes) => ({ value: 1 / classes, formula: `1/${classes}` }),
});

/** Mean absolute error against one-hot targets. */
export const mae = (): LossChoice => chosen("loss", maeLoss);
