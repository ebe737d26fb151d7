import type { Ask } from "../sampler.ts";
import type { Trial } from "../trial.ts";

/** By how much of a limit a trial is above it, summed over the limits; 0 where it keeps them, infinite where that is not known. */
function excess({ measured }: Trial, limits: NonNullable<Ask["limits"]>): number {
  return Object.entries(limits).reduce((sum, [metric, limit]) => {
    const value = measured?.[metric];
    if (value === undefined || Number.isNaN(value)) return Number.POSITIVE_INFINITY;
    return sum + Math.max(0, value - limit) / (Math.abs(limit) || 1);
  }, 0);
}

/**
 * Trials from the best to the worst: by their values, those above a limit behind all that keep it, in the order of the excess (Deb, "An
 * efficient constraint handling method for genetic algorithms", 2000), those that failed last. Trials that were stopped early, or wait
 * to go on, count with what they had reached: a curve that falls was above its end. Running ones without a value come at the very end,
 * so that nobody looks where others already do (the constant liar of Ginsbourger et al. 2010, with the worst value).
 */
export function ranked({ trials, limits = {} }: Pick<Ask, "trials" | "limits">): Trial[] {
  const infinite = Number.POSITIVE_INFINITY;
  const keyOf = (trial: Trial): readonly [number, number] => {
    const { outcome, value } = trial;
    if (outcome === "failed" || value === undefined || Number.isNaN(value)) return [infinite, infinite];
    const over = excess(trial, limits);
    return [over, over > 0 ? 0 : value];
  };
  return trials
    .filter(({ outcome }) => outcome !== "stale")
    .map((trial) => ({ trial, key: keyOf(trial) }))
    .sort(({ trial: a, key: [overA, valueA] }, { trial: b, key: [overB, valueB] }) => {
      if (overA !== overB) return overA < overB ? -1 : 1;
      if (valueA !== valueB) return valueA < valueB ? -1 : 1;
      return a.number - b.number;
    })
    .map(({ trial }) => trial);
}
