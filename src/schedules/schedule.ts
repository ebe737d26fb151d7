import type { Choice, Ranges } from "../core/index.ts";

/** How far a run has come, in epochs: passes over the training pictures. */
export interface Time {
  /** Epochs that are done, with the part of the one in hand: 0 at the first step, 2.5 in the middle of the third. */
  readonly epoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** The loss that each finished epoch ended with: validation, or training where there is none. */
  readonly losses: readonly number[];
}

/** A schedule: what the learning rate is multiplied by, as a pure function of how far the run has come. */
export interface Schedule<Options extends object = object> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly defaults: Options;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  factor(options: Options, time: Time): number;
}

export interface ScheduleChoice extends Choice<"schedule"> {
  /** The learning rate that the factor multiplies; the optimizer's default when absent. */
  readonly rate?: number;
}

/** The share of the run that is done, in [0, 1]. */
export const progressOf = ({ epoch, epochs }: Time): number => Math.min(1, epoch / epochs);
