import { chosen, frozen } from "../core/index.ts";
import { add } from "../ops/index.ts";
import { float, logFloat } from "../space/index.ts";
import { l1Regularizer } from "./l1.ts";
import { l2Regularizer, type StrengthOptions } from "./l2.ts";
import type { Regularizer, RegularizerChoice } from "./regularizer.ts";

export interface ElasticNetOptions extends StrengthOptions {
  /** ρ: the share of the strength that goes into Σ |W|. */
  readonly ratio: number;
}

/**
 * elastic-net: R(W) = ρ Σ |W| + (1 − ρ) Σ W². Zou and Hastie 2005: sets weights to 0 as l1 does, but keeps or drops similar
 * ones together, as l2 would. Without a factor ½ on the squares, unlike scikit-learn's ElasticNet.
 */
export const elasticNetRegularizer = frozen<Regularizer<ElasticNetOptions>>({
  name: "elastic-net",
  formula: "ρ Σ |W| + (1 − ρ) Σ W²",
  defaults: { strength: 1e-4, ratio: 0.5, biases: false },
  // A ratio of 1 is l1 itself.
  ranges: { strength: [0, Number.POSITIVE_INFINITY], ratio: [0, 1] },
  space: { strength: logFloat(1e-7, 1e-2), ratio: float(0.05, 0.95) },
  searchFirst: ["strength"],
  scalars: ({ strength, ratio }) => ({ l1: strength * ratio, l2: strength * (1 - ratio) }),
  penalty: (weight, scalars) => add(l1Regularizer.penalty!(weight, scalars), l2Regularizer.penalty!(weight, scalars)),
});

/** λ (ρ Σ |W| + (1 − ρ) Σ W²). */
export const elasticNet = (
  strength: number = elasticNetRegularizer.defaults.strength,
  options: Partial<Omit<ElasticNetOptions, "strength">> = {},
): RegularizerChoice => chosen("regularizer", elasticNetRegularizer, { ...options, strength });
