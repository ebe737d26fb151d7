import { chosen, frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { mean, square, sub } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";
import { truthOf } from "./targets.ts";

const squaredError = (scores: Tensor, targets: Tensor) => mean(square(sub(scores, targets)), 1);

/**
 * Mean squared error against one-hot targets: Lᵢ = (1/C) Σ_c (s_c − [c = y])². Least squares: with a linear model, convex
 * and solvable by calculus. Without a factor ½, as in PyTorch.
 */
export const mseLoss = frozen<Loss>({
  name: "mse",
  formula: "(1/C) Σ_c (s_c − [c = y])²",
  defaults: {},
  convex: true,
  smooth: true,
  quadratic: true,
  perExample: (_options, scores, labels) => squaredError(scores, truthOf(scores, labels)),
  perTarget: (_options, scores, targets) => squaredError(scores, targets),
  initial: (_options, classes) => ({ value: 1 / classes, formula: `1/${classes}` }),
});

/** Mean squared error against one-hot targets. */
export const mse = (): LossChoice => chosen("loss", mseLoss);
