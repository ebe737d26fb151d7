import type { Choice, Choices, Ranges } from "../core/index.ts";
import type { Tensor } from "../ir/index.ts";
import type { Parameters } from "../nn/index.ts";
import type { Configuration, Parameter, ParameterValue } from "../space/index.ts";

/** Of the pictures that a network sees, in pixels. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** A model f(x, W): pictures to scores, one for each class. */
export interface Model<Options extends object = object> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly defaults: Options;
  /** It works on pictures only: what it computes has no meaning for rows of numbers. */
  readonly picturesOnly?: true;
  /** Options of the smallest network that has each of the parts, for whoever checks them one by one; where defaults are deep. */
  readonly smallest?: Partial<Options>;
  /** The values of options that have only so many. */
  readonly choices?: Choices;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /** Fills in the options that are "auto" for pictures of this size, so that a run's configuration leaves nothing open. */
  settle?(options: Options, picture: PictureSize): Options;
  /**
   * What a search may choose from, for pictures of a size: ranges of options, and of numbers that `fromSpace` makes options of,
   * where an option is a list. A condition names another one of them.
   */
  space?(picture: PictureSize): Readonly<Record<string, Parameter>>;
  /** Those of `space` with which a search begins unless it is told more; all of them unless said. */
  readonly searchFirst?: readonly string[];
  /** Of a choice among these, what a search chooses from unless it is told more. */
  readonly firstChoices?: Readonly<Record<string, readonly ParameterValue[]>>;
  /**
   * The options that values of the space mean. What is not among them stays as `options` has it.
   * @param values of `space` by name, perhaps not all of them
   */
  fromSpace?(values: Configuration, options: Options): Options;
  /** The values of the space that mean the same as these options, those of lists that the space has no values for left out. */
  toSpace?(options: Options): Configuration;
  /**
   * Traces the network.
   * @param x normalised pictures [batch, channels, height, width], or numbers [batch, features]
   * @returns scores [batch, classes]
   */
  apply(options: Options, x: Tensor, classes: number, parameters: Parameters): Tensor;
}

export type ModelChoice = Choice<"model">;
