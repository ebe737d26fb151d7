import { chosen, frozen } from "../core/index.ts";
import { mul, square, sum } from "../ops/index.ts";
import { logFloat } from "../space/index.ts";
import type { CommonOptions, Regularizer, RegularizerChoice } from "./regularizer.ts";

export interface StrengthOptions extends CommonOptions {
  /** λ */
  readonly strength: number;
}

/**
 * l2: R(W) = Σ W², without a factor ½: its gradient is 2W, so λ here is half of PyTorch's weight_decay. Prefers many small
 * weights to few large ones.
 */
export const l2Regularizer = frozen<Regularizer<StrengthOptions>>({
  name: "l2",
  formula: "Σ W²",
  defaults: { strength: 1e-4, biases: false },
  ranges: { strength: [0, Number.POSITIVE_INFINITY] },
  // Around the 5e-4 and less that networks of pictures are trained with, as PyTorch counts: half of it here.
  space: { strength: logFloat(1e-6, 1e-2) },
  scalars: ({ strength }) => ({ l2: strength }),
  penalty: (weight, scalars) => mul(scalars.l2, sum(square(weight))),
});

/** λ Σ W². */
export const l2 = (
  strength: number = l2Regularizer.defaults.strength,
  options: Partial<CommonOptions> = {},
): RegularizerChoice => chosen("regularizer", l2Regularizer, { ...options, strength });
