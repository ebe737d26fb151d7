import type { Choice, Ranges } from "../core/index.ts";

/** A schedule: what the learning rate is multiplied by, as a function of how far the run has come. */
export interface Schedule<Options extends object = object> {
  readonly name: string;
  readonly defaults: Options;
  /** Where the numbers among the options make sense. */
  readonly ranges?: Ranges;
  /** @param progress share of all steps that are done, in [0, 1): 0 at the first step */
  factor(options: Options, progress: number): number;
}

export interface ScheduleChoice extends Choice<"schedule"> {
  /** The learning rate that the factor multiplies; the optimizer's default when absent. */
  readonly rate?: number;
}
