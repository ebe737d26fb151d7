import { type Choice, chosen, type Ranges } from "../core/index.ts";
import type { Parameter } from "../space/index.ts";

/** How far a run has come, in epochs: passes over the training pictures. */
export interface Time {
  /** Epochs that are done, with the part of the one in hand: 0 at the first step, 2.5 in the middle of the third. */
  readonly epoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** The loss that each finished epoch ended with: validation, or training where there is none. */
  readonly losses: readonly number[];
}

/**
 * A schedule: what the learning rate is multiplied by, as a pure function of how far the run has come, so that a resumed
 * run repeats it. With the default options the factors lie between 0 and 1 and reach 1: the rate that is given is the
 * highest of the run.
 */
export interface Schedule<Options extends object = object> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly defaults: Options;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /** What a search may choose an option from, by the option's name: what people use, not all that makes sense. */
  readonly space?: Readonly<Record<string, Parameter>>;
  /** The options of `space` with which a search begins unless it is told more; all of them unless said. */
  readonly searchFirst?: readonly string[];
  factor(options: Options, time: Time): number;
}

export interface ScheduleChoice extends Choice<"schedule"> {
  /** The learning rate that the factor multiplies; the optimizer's default when absent. */
  readonly rate?: number;
}

/** Chooses a schedule, together with the rate that it multiplies. */
export const scheduled = <Options extends object>(
  unit: Schedule<Options>,
  rate: number | undefined,
  options: Partial<Options> = {},
): ScheduleChoice => ({ ...chosen("schedule", unit, options), ...(rate === undefined ? {} : { rate }) });

/** The share of the run that is done, in [0, 1]. */
export const progressOf = ({ epoch, epochs }: Time): number => (epochs > 0 ? Math.min(1, epoch / epochs) : 0);

/** Half a cosine from one value to another while a share goes from 0 to 1: level at both ends. */
export const halfCosine = (from: number, to: number, share: number): number =>
  to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * share));
