import type { Configuration } from "../space/index.ts";

/** What became of a trial. A stale one was lost with its worker; it counts as if it had not been begun. */
export type Outcome = "running" | "complete" | "pruned" | "failed" | "stale";

/** A trial as a sampler sees it. */
export interface Trial {
  /** From 0, in the order in which they were begun. */
  readonly number: number;
  readonly configuration: Configuration;
  readonly outcome: Outcome;
  /**
   * What is minimised; absent while it runs and where it failed. Of a trial that was stopped early, or waits to go on, what it
   * had reached.
   */
  readonly value?: number;
  /** What was measured for the limits that are measured, by their metrics' names; absent as `value` is. */
  readonly measured?: Readonly<Record<string, number>>;
}
