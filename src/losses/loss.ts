import type { Choice, Ranges } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import type { Parameter } from "../space/index.ts";

/** A loss Lᵢ(s, y): what one example costs. Mean and weights are applied outside, once. */
export interface Loss<Options extends object = object> {
  readonly name: string;
  /** The formula with the default options, in one line for people. */
  readonly formula: string;
  readonly defaults: Options;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /** What a search may choose an option from, by the option's name: what people use, not all that makes sense. */
  readonly space?: Readonly<Record<string, Parameter>>;
  /** Convex in the scores, whatever the options: with a linear model every minimum is the minimum. */
  readonly convex?: true;
  /** Continuously differentiable in the scores, whatever the options: no kinks, so line searches and momentum can trust the gradient. */
  readonly smooth?: true;
  /** A polynomial of degree 2 in the scores: its Hessian is constant, so with a linear model calculus finds the minimum at once. */
  readonly quadratic?: true;
  /**
   * @param scores [batch, classes]
   * @param labels int32 [batch], the index of the true class
   * @returns [batch]
   */
  perExample(options: Options, scores: Tensor, labels: Tensor): Tensor;
  /**
   * The same for soft targets, and equal to `perExample` where they are one-hot; absent where a loss needs one true class.
   * @param scores [batch, classes]
   * @param targets [batch, classes], each row a distribution over the classes
   * @returns [batch]
   */
  perTarget?(options: Options, scores: Tensor, targets: Tensor): Tensor;
  /** The loss while all scores are 0, and how that number is written: a sanity check before training. */
  initial(options: Options, classes: number): { readonly value: number; readonly formula: string };
}

export type LossChoice = Choice<"loss">;
