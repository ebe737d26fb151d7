import type { Choice, Ranges } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import type { Parameters } from "../nn/index.ts";

/** A model f(x, W): pictures to scores, one for each class. */
export interface Model<Options extends object = object> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly defaults: Options;
  /** It works on pictures only: what it computes has no meaning for rows of numbers. */
  readonly picturesOnly?: true;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /** Fills in the options that are "auto" for pictures of this size, so that a run's configuration leaves nothing open. */
  settle?(options: Options, picture: { readonly height: number; readonly width: number }): Options;
  /**
   * Traces the network.
   * @param x normalised pictures [batch, channels, height, width], or numbers [batch, features]
   * @returns scores [batch, classes]
   */
  apply(options: Options, x: Tensor, classes: number, parameters: Parameters): Tensor;
}

export type ModelChoice = Choice<"model">;
