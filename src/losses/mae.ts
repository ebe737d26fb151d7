import { chosen, frozen } from "../core/index.ts";
import { abs, mean, oneHot, sub } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";

/** Mean absolute error against one-hot targets: Lᵢ = (1/C) Σ_c |s_c − [c = y]|. Wrong labels pull no harder than right ones. */
export const maeLoss = frozen<Loss>({
  name: "mae",
  formula: "(1/C) Σ_c |s_c − [c = y]|",
  defaults: {},
  perExample: (_options, scores, labels) => mean(abs(sub(scores, oneHot(labels, scores.shape[1], scores.dtype))), 1),
  initial: (_options, classes) => ({ value: 1 / classes, formula: `1/${classes}` }),
});

/** Mean absolute error against one-hot targets. */
export const mae = (): LossChoice => chosen("loss", maeLoss);
