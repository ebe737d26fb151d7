import { chosen, frozen } from "../core/index.ts";
import { div, maximum, mul, sqrt, square, sum } from "../ops/index.ts";
import { logFloat } from "../space/index.ts";
import type { CommonOptions, Regularizer, RegularizerChoice } from "./regularizer.ts";

export interface MaxNormOptions extends CommonOptions {
  /** The largest norm that the incoming weights of a unit may have. */
  readonly limit: number;
}

/**
 * max-norm: ‖w‖₂ ≤ limit for the incoming weights w of each unit: a column of [in, out], a filter of
 * [filters, in, height, width]. Nothing is added to the loss; after each update what is too long is scaled back to the limit,
 * which is the nearest point of the ball. Srebro and Shraibman 2005; beside dropout, Srivastava et al. 2014 (limits of 3 to 4).
 *
 * A tensor of rank 1 (biases, gains) holds one number for each unit, nothing that could be long, and stays as it is even
 * when biases are asked for.
 */
export const maxNormRegularizer = frozen<Regularizer<MaxNormOptions>>({
  name: "max-norm",
  formula: "‖w‖ ≤ limit for the weights of each unit",
  defaults: { limit: 3, biases: false },
  ranges: { limit: [1e-6, Number.POSITIVE_INFINITY] },
  // Srivastava et al. 2014 tune it, and find 3 to 4.
  space: { limit: logFloat(0.5, 8) },
  scalars: ({ limit }) => ({ limit }),
  project: (weight, { limit }) => {
    if (weight.rank < 2) return weight;
    const axes = weight.rank === 2 ? 0 : weight.shape.map((_, axis) => axis).slice(1);
    const norm = sqrt(sum(square(weight), axes, true));
    // Within the limit the factor is limit / limit, which is 1 to the last bit; and no norm of 0 is divided by.
    return mul(weight, div(limit, maximum(norm, limit)));
  },
});

/** The incoming weights of each unit are never longer than `limit`. */
export const maxNorm = (
  limit: number = maxNormRegularizer.defaults.limit,
  options: Partial<CommonOptions> = {},
): RegularizerChoice => chosen("regularizer", maxNormRegularizer, { ...options, limit });
