import type { Tensor } from "../../src/ir/index.ts";
import { div, mul, sum } from "../../src/ops/index.ts";

/** Σ wᵢ Lᵢ / Σ wᵢ, what a training step makes of losses [batch] and weights [batch]. */
export const weightedMean = (perExample: Tensor, weights: Tensor): Tensor =>
  div(sum(mul(perExample, weights)), sum(weights));
