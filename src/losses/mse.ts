import { chosen, frozen } from "../core/index.ts";
import { mean, oneHot, square, sub } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";

/** Mean squared error against one-hot targets: Lᵢ = (1/C) Σ_c (s_c − [c = y])². Least squares: with a linear model, convex and solvable by calculus. */
export const mseLoss = frozen<Loss<Record<string, never>>>({
  name: "mse",
  formula: "(1/C) Σ_c (s_c − [c = y])²",
  defaults: {},
  perExample: (_options, scores, labels) => mean(square(sub(scores, oneHot(labels, scores.shape[1], scores.dtype))), 1),
  initial: (_options, classes) => ({ value: 1 / classes, formula: `1/${classes}` }),
});

/** Mean squared error against one-hot targets. */
export const mse = (): LossChoice => chosen("loss", mseLoss);
