import { chosen, frozen } from "../core/index.ts";
import { abs, mul, sum } from "../ops/index.ts";
import { logFloat } from "../space/index.ts";
import type { StrengthOptions } from "./l2.ts";
import type { CommonOptions, Regularizer, RegularizerChoice } from "./regularizer.ts";

/** l1: R(W) = Σ |W|, whose gradient is sign(W): pulls every weight towards 0 by the same amount. Tibshirani 1996. */
export const l1Regularizer = frozen<Regularizer<StrengthOptions>>({
  name: "l1",
  formula: "Σ |W|",
  defaults: { strength: 1e-5, biases: false },
  ranges: { strength: [0, Number.POSITIVE_INFINITY] },
  // All the weights add up: at 1e-3 a classifier of small pictures has hardly any left.
  space: { strength: logFloat(1e-7, 1e-3) },
  scalars: ({ strength }) => ({ l1: strength }),
  penalty: (weight, scalars) => mul(scalars.l1, sum(abs(weight))),
});

/** λ Σ |W|. */
export const l1 = (
  strength: number = l1Regularizer.defaults.strength,
  options: Partial<CommonOptions> = {},
): RegularizerChoice => chosen("regularizer", l1Regularizer, { ...options, strength });
