import type { Configuration } from "../../space/index.ts";
import type { Ask } from "../sampler.ts";
import { Acquisition } from "./acquisition.ts";
import { fitTheta } from "./fit.ts";
import { observedIn } from "./observed.ts";
import { Points } from "./points.ts";
import { Posterior } from "./posterior.ts";
import { standardized } from "./warp.ts";

/** What is believed of a place that perhaps nobody has tried. */
export interface Believed {
  /** On the scale of the values, which are minimised. */
  readonly mean: number;
  readonly deviation: number;
  /** The logarithm of the expected improvement on the best value seen, in units of their deviation (Jones et al. 1998). */
  readonly logImprovement: number;
}

/**
 * What a Gaussian process of the trials believes of any configuration, for a figure of it. Values are modelled as they are, not by
 * rank beyond the median as for `gp` to choose by: a curve is to go through the points that are drawn beside it.
 * @returns undefined of fewer than two trials with a value
 */
export function beliefOf(request: Ask): ((configuration: Configuration) => Believed) | undefined {
  const ended = request.trials.filter(({ value }) => value !== undefined && Number.isFinite(value));
  if (ended.length < 2) return undefined;
  const { encoding, axes, rows, values } = observedIn({ ...request, trials: ended });
  const warp = (some: Float64Array) => standardized(some).values;
  const { mean, deviation } = standardized(values);
  const theta = fitTheta({ encoding, axes, rows, values, warp });
  const posterior = new Posterior(new Points(encoding, rows, axes), warp(values), theta);
  const acquisition = new Acquisition(posterior, Math.min(...warp(values)));
  return (configuration) => {
    const logImprovement = acquisition.value(encoding.encode(configuration));
    return {
      mean: mean + deviation * posterior.mean,
      deviation: deviation * Math.sqrt(posterior.variance),
      logImprovement,
    };
  };
}
