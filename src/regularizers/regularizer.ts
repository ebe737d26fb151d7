import type { Choice } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";

/** A penalty R(W) on the weights; the strength λ multiplies it outside and is an input of the step. Biases are not penalised. */
export interface Regularizer {
  readonly name: string;
  /** The formula, in one line for people. */
  readonly formula: string;
  readonly defaults: { readonly strength: number };
  /** R of one weight tensor, a scalar; the penalties of all weights add up. */
  penalty(weight: Tensor): Tensor;
}

export type RegularizerChoice = Choice<"regularizer">;
