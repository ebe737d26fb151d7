import type { Tensor } from "../ir/index.ts";
import { add, mul, relu, sub, sum } from "../ops/index.ts";
import { logFloat } from "../space/index.ts";
import { truthOf } from "./targets.ts";

/** A margin is measured by the size of the weights, which penalties hold down: what matters of it is the order of magnitude. */
export const marginSpace = { margin: logFloat(0.1, 10) };

/**
 * What the multiclass hinge losses have in common: max(0, s_j − s_y + margin) for every class j ≠ y, and 0 for j = y.
 * @returns [batch, classes]
 */
export function hingeTerms(scores: Tensor, labels: Tensor, margin: number): Tensor {
  const truth = truthOf(scores, labels);
  const own = sum(mul(scores, truth), 1, true);
  // margin · (1 − truth) takes the margin away from the true class, whose term is then max(0, s_y − s_y) = 0.
  return relu(add(sub(scores, own), mul(sub(1, truth), margin)));
}
