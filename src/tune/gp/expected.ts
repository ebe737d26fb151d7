import type { Ask } from "../sampler.ts";
import { fitTheta } from "./fit.ts";
import { observedIn, warpedValues } from "./observed.ts";
import { Points } from "./points.ts";
import { Posterior } from "./posterior.ts";
import { halfRanked, standardized } from "./warp.ts";

/** What a trial's value is believed to be, given its neighbours'. */
export interface Expected {
  readonly number: number;
  /** On the scale of the values, which are minimised. */
  readonly mean: number;
  readonly deviation: number;
}

/** Fewer trials say nothing about how much of a value is luck. */
const LEAST = 10;

/**
 * Trials by what a Gaussian process of all of them believes of each, the best first. Of many trials the best one seen is partly the luckiest
 * one; the process takes a part of each value for noise, and believes a good value among good neighbours more than one among bad ones
 * (Picheny, Wagner and Ginsbourger 2013 compare it with other choices of a winner).
 * @returns those that keep the limits and are better than the median, below which values are modelled as they are; none of very few trials
 */
export function expected(request: Ask): Expected[] {
  const { encoding, axes, rows, numbers, values, feasible } = observedIn(request);
  if (rows.length < LEAST || values.some(Number.isNaN)) return [];
  const theta = fitTheta({ encoding, axes, rows, values, warp: warpedValues });
  const { values: scaled, mean, deviation } = standardized(halfRanked(values));
  const posterior = new Posterior(new Points(encoding, rows, axes), scaled, theta);
  const median = values.toSorted()[values.length >> 1];
  return rows
    .flatMap((units, i): Expected[] => {
      if (!feasible[i] || values[i] > median) return [];
      posterior.look(units);
      posterior.settle();
      const own = { mean: mean + deviation * posterior.mean, deviation: deviation * Math.sqrt(posterior.variance) };
      return [{ number: numbers[i], ...own }];
    })
    .sort((a, b) => a.mean - b.mean || a.number - b.number);
}
