import { frozen } from "../../core/index.ts";
import type { Progress, Pruner, Race } from "../pruner.ts";

export interface AshaOptions {
  /** η: one of so many goes on from a rung. */
  readonly eta: number;
  /**
   * The first rung; the next ones lie at η, η², … times as many steps. 0 counts from the end instead: the steps of a whole trial divided by
   * η, η², …, so that no rung lies just before the end.
   */
  readonly minSteps: number;
}

/** Li et al. divide four times: R/r = 256 with η = 4. Below that the beginning of a curve says too little of its end. */
const MOST_RUNGS = 4;

/** The steps at which trials pause, ascending, all below `steps`. */
function rungsOf(steps: number, { eta, minSteps }: AshaOptions): number[] {
  const rungs: number[] = [];
  if (minSteps === 0) {
    for (let k = MOST_RUNGS; k >= 1; k--) rungs.push(steps / eta ** k);
  } else {
    for (let at = minSteps; at < steps; at *= eta) rungs.push(at);
  }
  return [...new Set(rungs.map(Math.round))].filter((rung) => rung >= 1 && rung < steps);
}

/** Where a trial that has come to `step` pauses next, or ends. */
const after = (step: number, steps: number, options: AshaOptions): number =>
  rungsOf(steps, options).find((rung) => rung > step) ?? steps;

const last = ({ values }: Progress): number => [...values.keys()].at(-1) ?? 0;

/** What a trial had reached at a rung. One that failed, now or later, is worse than any that did not. */
function valueAt({ values, failed }: Progress, rung: number): number {
  const value = [...values].findLast(([step]) => step <= rung)?.[1];
  return failed || value === undefined || Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

/** The best of those that have reached a rung: one in η of them. When no more will come, at least one. */
function winners({ trials, more }: Race, rung: number, eta: number): Progress[] {
  const reached = trials.filter((trial) => last(trial) >= rung);
  const share = Math.floor(reached.length / eta);
  return reached
    .map((trial) => ({ trial, value: valueAt(trial, rung) }))
    .filter(({ value }) => value < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.value - b.value || a.trial.number - b.trial.number)
    .slice(0, more ? share : Math.max(1, share))
    .map(({ trial }) => trial);
}

/**
 * Asynchronous successive halving with promotion: Li et al., "A system for massively parallel hyperparameter tuning" (MLSys 2020,
 * arXiv 1810.05934), algorithm 2. Trials pause at rungs; whoever is among the best of a rung goes on from where it paused, before a new
 * trial is begun. Higher rungs come first.
 *
 * Differs: when no new trials may be begun, the best of each rung goes on even where too few have come for one in η, so that a short
 * search too has a trial that was given all its steps. Then lower rungs come first, so that the higher ones see all who come.
 */
export const ashaPruner = frozen<Pruner<AshaOptions>>({
  name: "asha",
  summary: "pauses trials at rungs; the best of each go on",
  defaults: { eta: 3, minSteps: 0 },
  ranges: { eta: [1.5, Number.POSITIVE_INFINITY], minSteps: [0, Number.POSITIVE_INFINITY] },
  stop: (step, { steps }, options) => after(step, steps, options),
  prunes: () => false,
  promote: (race, options) => {
    const rungs = rungsOf(race.steps, options);
    for (const rung of race.more ? rungs.toReversed() : rungs) {
      const toStep = after(rung, race.steps, options);
      // Whoever has gone on from here before is not paused, or is so at a higher rung.
      const next = winners(race, rung, options.eta).find((trial) => trial.state === "paused" && last(trial) < toStep);
      if (next) return { number: next.number, toStep };
    }
    return undefined;
  },
});
