import { hazard, type LogImprovement, logCumulative, logImprovement } from "./normal.ts";
import type { Posterior } from "./posterior.ts";

/** A limit to what is measured: the belief about it, and the limit on the scale of that belief. */
export interface Limit {
  readonly posterior: Posterior;
  readonly most: number;
}

/**
 * What a place promises: the logarithm of the expected improvement on the best value (Jones et al. 1998) times the probabilities that
 * its limits hold (Gardner et al., "Bayesian optimization with inequality constraints", 2014).
 */
export class Acquisition {
  readonly objective: Posterior | undefined;
  readonly best: number;
  readonly limits: readonly Limit[];
  readonly #improvement: LogImprovement = { value: 0, cumulative: 0, density: 0 };

  /** @param objective undefined while nothing is known to keep the limits: then that alone is looked for */
  constructor(objective: Posterior | undefined, best: number, limits: readonly Limit[] = []) {
    this.objective = objective;
    this.best = best;
    this.limits = limits;
  }

  /**
   * The value at a place, or, as soon as it is known to be at most `atLeast`, a bound of it from above.
   */
  value(units: Float64Array, atLeast = Number.NEGATIVE_INFINITY): number {
    this.objective?.look(units);
    for (const { posterior } of this.limits) posterior.look(units);
    // More variance makes an improvement more probable, and a limit that is believed to be broken too.
    const bound = () =>
      this.limits.reduce(
        (sum, { posterior: { mean, variance }, most }) =>
          sum + (mean > most ? logCumulative((most - mean) / Math.sqrt(variance)) : 0),
        this.#improvementOf(),
      );
    const worth = () => bound() > atLeast;
    if (this.objective?.settle(worth) === false) return bound();
    for (const { posterior } of this.limits) if (!posterior.settle(worth)) return bound();
    return this.#settled();
  }

  #improvementOf(): number {
    if (this.objective === undefined) return 0;
    const { mean, variance } = this.objective;
    const sigma = Math.sqrt(variance);
    return Math.log(sigma) + logImprovement((this.best - mean) / sigma, this.#improvement).value;
  }

  #settled(): number {
    return this.limits.reduce(
      (sum, { posterior: { mean, variance }, most }) => sum + logCumulative((most - mean) / Math.sqrt(variance)),
      this.#improvementOf(),
    );
  }

  /**
   * The value, and its derivatives by the units of some lines that are numbers.
   * @param gradient [of], in their order
   */
  slopes(units: Float64Array, of: readonly number[], gradient: Float64Array): number {
    const value = this.value(units);
    const [dMean, dVariance] = [new Float64Array(of.length), new Float64Array(of.length)];
    gradient.fill(0);
    if (this.objective !== undefined) {
      this.#improvementOf();
      this.objective.slopes(units, of, dMean, dVariance);
      const sigma = Math.sqrt(this.objective.variance);
      const { cumulative, density } = this.#improvement;
      for (let d = 0; d < of.length; d++) {
        gradient[d] += (-cumulative * dMean[d] + (density * dVariance[d]) / (2 * sigma)) / sigma;
      }
    }
    for (const { posterior, most } of this.limits) {
      posterior.slopes(units, of, dMean, dVariance);
      const sigma = Math.sqrt(posterior.variance);
      const z = (most - posterior.mean) / sigma;
      const rise = hazard(z) / sigma;
      for (let d = 0; d < of.length; d++) gradient[d] -= rise * (dMean[d] + (z * dVariance[d]) / (2 * sigma));
    }
    return value;
  }
}
