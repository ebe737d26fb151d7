/**
 * What the family of Adam remembers: u ← β₁u + g and s ← β₂s + g². These are the means m and v of the papers without their
 * factors 1 − β₁ and 1 − β₂, which go into the scalars of a step: two passes over the weights fewer.
 */
import type { Tensor } from "../ir/index.ts";
import { add, mul, square } from "../ops/index.ts";
import type { UpdateInputs } from "./optimizer.ts";
import { epsilonRange, share } from "./ranges.ts";

export interface MomentOptions {
  /** β₁: the share of the mean gradient that is kept. */
  readonly beta1: number;
  /** β₂: the share of the mean square that is kept. */
  readonly beta2: number;
  readonly epsilon: number;
}

export const momentDefaults: MomentOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
export const momentRanges = { beta1: share, beta2: share, epsilon: epsilonRange };
export const momentSlots = ["velocity", "squares"] as const;

/** u, the sum of gradients. */
export const nextVelocity = ({ gradient, slots, scalars }: UpdateInputs): Tensor =>
  add(mul(slots.velocity, scalars.beta1), gradient);

/** s, the sum of squares. */
export const nextSquares = ({ gradient, slots, scalars }: UpdateInputs): Tensor =>
  add(mul(slots.squares, scalars.beta2), square(gradient));

/** What makes means without bias of the sums: m̂ = m / (1 − β₁ᵗ) = mean · u, and √v̂ = √(v / (1 − β₂ᵗ)) = root · √s. */
export const corrections = ({ beta1, beta2 }: MomentOptions, step: number) => ({
  mean: (1 - beta1) / (1 - beta1 ** step),
  root: Math.sqrt((1 - beta2) / (1 - beta2 ** step)),
});
