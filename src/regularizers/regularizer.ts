import type { Choice, Ranges } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import type { Parameter } from "../space/index.ts";

/** What every regularizer can be told. */
export interface CommonOptions {
  /** The biases too; only the weights unless asked. */
  readonly biases: boolean;
}

/** Rank-0 inputs of the step by name, so that another strength never rebuilds it. */
export type RegularizerScalars = Readonly<Record<string, Tensor>>;

/** Something that holds the weights down: a penalty in the loss, or a projection after each update. */
export interface Regularizer<Options extends CommonOptions = CommonOptions> {
  readonly name: string;
  /** The formula, in one line for people. */
  readonly formula: string;
  readonly defaults: Options;
  /** Where the numbers among the options make sense. */
  readonly ranges: Ranges;
  /** What a search may choose an option from, by the option's name: what people use, not all that makes sense. */
  readonly space?: Readonly<Record<string, Parameter>>;
  /** The options of `space` with which a search begins unless it is told more; all of them unless said. */
  readonly searchFirst?: readonly string[];
  /**
   * The numbers that `penalty` and `project` receive as tensors. `l1` and `l2` are the strengths of Σ |W| and Σ W²; a
   * regularizer that consists of these two alone can be handed to the solvers of convex problems.
   */
  scalars(options: Options): Readonly<Record<string, number>>;
  /** λ R of one weight tensor, a scalar, which is added to the loss; the penalties of all tensors add up. */
  penalty?(weight: Tensor, scalars: RegularizerScalars): Tensor;
  /** The nearest tensor that is allowed, of the same shape: applied after the update. */
  project?(weight: Tensor, scalars: RegularizerScalars): Tensor;
}

export type RegularizerChoice = Choice<"regularizer">;
