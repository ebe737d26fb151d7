import type { Tensor } from "../ir/index.ts";
import { div, equal, mul, sum, where } from "../ops/index.ts";

/**
 * Σ wᵢ Lᵢ / Σ wᵢ, both [batch]: a weight of 0 leaves an example out, a weight of 2 counts it twice. Class weights are
 * sample weights that depend on the label alone. Where all weights are 0 the mean is 0, and so is its gradient: a batch of
 * nothing teaches nothing.
 */
export function weightedMean(perExample: Tensor, weights: Tensor): Tensor {
  const total = sum(weights);
  return div(sum(mul(perExample, weights)), where(equal(total, 0), 1, total));
}
