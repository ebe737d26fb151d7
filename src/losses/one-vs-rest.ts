/**
 * One against the rest: every class is a question of its own, with the target t_c = 1 for the true class and −1 for the
 * others, and the losses of the C binary classifiers add up. The scores are not tied to each other, so a picture of none
 * of the classes may have only negative ones.
 */
import { chosen, frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { abs, add, exp, log, maximum, mul, neg, oneHot, relu, square, sub, sum } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";

/** t_c s_c: how far each score is on its right side, [batch, classes]. */
function margins(scores: Tensor, labels: Tensor): Tensor {
  const truth = oneHot(labels, scores.shape[1], scores.dtype);
  return mul(scores, sub(mul(truth, 2), 1));
}

/** ln(1 + eˣ) = max(0, x) + ln(1 + e^−|x|): finite for x of any size. */
const softplus = (x: Tensor): Tensor => add(maximum(x, 0), log(add(1, exp(neg(abs(x))))));

/** Lᵢ = Σ_c max(0, 1 − t_c s_c): C support-vector machines at once. Cortes and Vapnik 1995. */
export const oneVsRestHingeLoss = frozen<Loss>({
  name: "one-vs-rest-hinge",
  formula: "Σ_c max(0, 1 − t_c s_c)",
  defaults: {},
  perExample: (_options, scores, labels) => sum(relu(sub(1, margins(scores, labels))), 1),
  initial: (_options, classes) => ({ value: classes, formula: `${classes}` }),
});

/** Lᵢ = Σ_c max(0, 1 − t_c s_c)²: the differentiable form, LIBLINEAR's default. */
export const oneVsRestSquaredHingeLoss = frozen<Loss>({
  name: "one-vs-rest-squared-hinge",
  formula: "Σ_c max(0, 1 − t_c s_c)²",
  defaults: {},
  perExample: (_options, scores, labels) => sum(square(relu(sub(1, margins(scores, labels)))), 1),
  initial: (_options, classes) => ({ value: classes, formula: `${classes}` }),
});

/** Lᵢ = Σ_c ln(1 + e^{−t_c s_c}): C logistic regressions at once. */
export const oneVsRestLogisticLoss = frozen<Loss>({
  name: "one-vs-rest-logistic",
  formula: "Σ_c ln(1 + e^{−t_c s_c})",
  defaults: {},
  perExample: (_options, scores, labels) => sum(softplus(neg(margins(scores, labels))), 1),
  initial: (_options, classes) => ({ value: classes * Math.LN2, formula: `${classes} ln 2` }),
});

/** C support-vector machines, one against the rest. */
export const oneVsRestHinge = (): LossChoice => chosen("loss", oneVsRestHingeLoss);
/** The same with squared violations. */
export const oneVsRestSquaredHinge = (): LossChoice => chosen("loss", oneVsRestSquaredHingeLoss);
/** C logistic regressions, one against the rest. */
export const oneVsRestLogistic = (): LossChoice => chosen("loss", oneVsRestLogisticLoss);
