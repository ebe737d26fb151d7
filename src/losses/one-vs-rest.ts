/**
 * One against the rest: every class is a question of its own, with the target t_c = 1 for the true class and −1 for the
 * others, and the losses of the C binary classifiers add up. The scores are not tied to each other, so a picture of none
 * of the classes may have only negative ones.
 */
import { chosen, frozen } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import { abs, add, exp, log, maximum, mul, neg, oneHot, relu, square, sub, sum } from "../ops/index.ts";
import type { Loss, LossChoice } from "./loss.ts";

/** 1 for the true class, 0 for the others: for all where the label is none of them, such as with one score for two classes. */
const answersTo = (scores: Tensor, labels: Tensor): Tensor => oneHot(labels, scores.shape[1], scores.dtype);

/** t_c s_c: how far each score is on its right side, [batch, classes]. */
function margins(scores: Tensor, labels: Tensor): Tensor {
  return mul(scores, sub(mul(answersTo(scores, labels), 2), 1));
}

/**
 * t ln(1 + e⁻ˢ) + (1 − t) ln(1 + eˢ) for targets t from 0 to 1, with ln(1 + eˣ) = max(0, x) + ln(1 + e^−|x|): finite for
 * scores of any size.
 */
function logistic(scores: Tensor, targets: Tensor): Tensor {
  const wrong = add(mul(targets, maximum(neg(scores), 0)), mul(sub(1, targets), maximum(scores, 0)));
  return sum(add(wrong, log(add(1, exp(neg(abs(scores)))))), 1);
}

/** Lᵢ = Σ_c max(0, 1 − t_c s_c): C support-vector machines at once. Cortes and Vapnik 1995. */
export const oneVsRestHingeLoss = frozen<Loss>({
  name: "one-vs-rest-hinge",
  formula: "Σ_c max(0, 1 − t_c s_c)",
  defaults: {},
  convex: true,
  perExample: (_options, scores, labels) => sum(relu(sub(1, margins(scores, labels))), 1),
  initial: (_options, classes) => ({ value: classes, formula: `${classes}` }),
});

/** Lᵢ = Σ_c max(0, 1 − t_c s_c)²: the differentiable form, LIBLINEAR's default. */
export const oneVsRestSquaredHingeLoss = frozen<Loss>({
  name: "one-vs-rest-squared-hinge",
  formula: "Σ_c max(0, 1 − t_c s_c)²",
  defaults: {},
  convex: true,
  smooth: true,
  perExample: (_options, scores, labels) => sum(square(relu(sub(1, margins(scores, labels)))), 1),
  initial: (_options, classes) => ({ value: classes, formula: `${classes}` }),
});

/**
 * Lᵢ = Σ_c ln(1 + e^{−t_c s_c}): C logistic regressions at once. Soft targets are the probabilities of the C answers, each
 * on its own: they need not add up to 1.
 */
export const oneVsRestLogisticLoss = frozen<Loss>({
  name: "one-vs-rest-logistic",
  formula: "Σ_c ln(1 + e^{−t_c s_c})",
  defaults: {},
  convex: true,
  smooth: true,
  perExample: (_options, scores, labels) => logistic(scores, answersTo(scores, labels)),
  perTarget: (_options, scores, targets) => logistic(scores, targets),
  initial: (_options, classes) => ({ value: classes * Math.LN2, formula: `${classes} ln 2` }),
});

/** C support-vector machines, one against the rest. */
export const oneVsRestHinge = (): LossChoice => chosen("loss", oneVsRestHingeLoss);
/** The same with squared violations. */
export const oneVsRestSquaredHinge = (): LossChoice => chosen("loss", oneVsRestSquaredHingeLoss);
/** C logistic regressions, one against the rest. */
export const oneVsRestLogistic = (): LossChoice => chosen("loss", oneVsRestLogisticLoss);
