import { frozen } from "../../core/index.ts";
import type { Progress, Pruner } from "../pruner.ts";

export interface MedianOptions {
  /** Others that must have come as far before any trial is judged by them. */
  readonly startupTrials: number;
  /** Steps that every trial is given. */
  readonly warmUpSteps: number;
}

/** The mean and the least of what a trial reported up to a step; what was no number is as bad as can be. */
function until({ values }: Progress, step: number): { mean: number; least: number } {
  let [sum, count, least] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [at, value] of values) {
    if (at > step) break;
    sum += Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
    count++;
    if (value < least) least = value;
  }
  return { mean: sum / count, least };
}

const last = ({ values }: Progress): number => [...values.keys()].at(-1) ?? 0;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Stops a trial whose best value so far is worse than the median of the means of the others up to the same step: the automated
 * stopping of Golovin et al., "Google Vizier" (KDD 2017), §3.2.2. A mean over a curve that falls lies above its end, so a trial must be
 * clearly behind.
 *
 * Differs: the others are all that have ended after that step, those that were stopped among them. With finished trials alone every
 * stop would make the next one likelier, since those that are compared with would all have been good.
 */
export const medianPruner = frozen<Pruner<MedianOptions>>({
  name: "median",
  summary: "stops what is worse than half of the others at the same step",
  defaults: { startupTrials: 5, warmUpSteps: 1 },
  ranges: { startupTrials: [1, Number.POSITIVE_INFINITY], warmUpSteps: [0, Number.POSITIVE_INFINITY] },
  stop: (_step, { steps }) => steps,
  prunes: (trial, { trials, steps }, { startupTrials, warmUpSteps }) => {
    const step = last(trial);
    if (step <= warmUpSteps || step >= steps) return false;
    const means = trials
      .filter((other) => other.number !== trial.number && other.state === "ended" && !other.failed)
      .filter((other) => last(other) >= step)
      .map((other) => until(other, step).mean);
    return means.length >= startupTrials && until(trial, step).least > median(means);
  },
  promote: () => undefined,
});
