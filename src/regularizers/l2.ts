import { chosen, frozen } from "../core/index.ts";
import { square, sum } from "../ops/index.ts";
import type { Regularizer, RegularizerChoice } from "./regularizer.ts";

/**
 * l2: R(W) = Σ W², without a factor ½: its gradient is 2W, so λ here is half of PyTorch's weight_decay. Prefers many small
 * weights to few large ones.
 */
export const l2Regularizer = frozen<Regularizer>({
  name: "l2",
  formula: "Σ W²",
  defaults: { strength: 1e-4 },
  penalty: (weight) => sum(square(weight)),
});

/** λ Σ W². */
export const l2 = (strength: number = l2Regularizer.defaults.strength): RegularizerChoice =>
  chosen("regularizer", l2Regularizer, { strength });
