import type { Choice, Ranges } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";

/** A loss Lᵢ(s, y): what one example costs. Mean and weights are applied outside, once. */
export interface Loss<Options extends object = object> {
  readonly name: string;
  /** The formula, in one line for people. */
  readonly formula: string;
  readonly defaults: Options;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /**
   * @param scores [batch, classes]
   * @param labels int32 [batch], the index of the true class
   * @returns [batch]
   */
  perExample(options: Options, scores: Tensor, labels: Tensor): Tensor;
  /**
   * The same for soft targets; absent where a loss needs one true class.
   * @param scores [batch, classes]
   * @param targets [batch, classes], each row a distribution over the classes
   * @returns [batch]
   */
  perTarget?(options: Options, scores: Tensor, targets: Tensor): Tensor;
  /** The loss while all scores are 0, and how that number is written: a sanity check before training. */
  initial(options: Options, classes: number): { readonly value: number; readonly formula: string };
}

export type LossChoice = Choice<"loss">;
