import type { Ranges } from "../core/index.ts";

/** What a pruner knows of a trial: the metric that is pruned by, at each step that was reported, such as an epoch. */
export interface Progress {
  readonly number: number;
  /** `paused` trials wait for a pruner to let them go on. */
  readonly state: "running" | "paused" | "ended";
  /** Ended by reaching the last step, by being pruned, or by failing; a failed trial keeps what it had reported. */
  readonly failed?: boolean;
  /** By step, from 1, ascending; what is minimised. NaN where it was no number. */
  readonly values: ReadonlyMap<number, number>;
}

/** What is asked of a pruner. */
export interface Race {
  readonly trials: readonly Progress[];
  /** The last step of a trial that is not pruned: schedules always span it. */
  readonly steps: number;
  /** Whether new trials may still be begun. Where none may, what is paused is all that there is to choose from. */
  readonly more: boolean;
}

/** A way to spend less on what does not promise much. */
export interface Pruner<Options extends object = object> {
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly defaults: Options;
  /** Where its options may lie; options without a range take any number. */
  readonly ranges?: Ranges;
  /** Where a trial pauses of itself: the first step above `step` at which it waits for `promote`; `steps` where it never does. */
  stop(step: number, race: Race, options: Options): number;
  /** Whether a running trial, which has just reported, has shown enough. */
  prunes(trial: Progress, race: Race, options: Options): boolean;
  /** A paused trial that should go on before a new one is begun. */
  promote(race: Race, options: Options): { readonly number: number; readonly toStep: number } | undefined;
}
