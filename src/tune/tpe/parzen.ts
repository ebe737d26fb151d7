import type { Random } from "../../core/index.ts";
import type { Axis } from "./axis.ts";
import { type Kernels, kernelsOf } from "./kernels.ts";

/**
 * A density in the unit cube: a kernel around each trial, which is a product over the axes so that it knows what goes together
 * (Falkner et al., "BOHB", 2018), and one for the prior, as heavy as a trial.
 */
export class Parzen {
  readonly #axes: readonly Kernels[];
  readonly #weights: Float64Array;
  readonly #logWeights: Float64Array;
  readonly #logs: Float64Array;

  /**
   * @param places [axes][trials]
   * @param weights [trials], 1 on average
   */
  constructor(axes: readonly Axis[], places: readonly Float64Array[], weights: readonly number[]) {
    const all = [...weights, 1];
    const total = all.reduce((sum, weight) => sum + weight, 0);
    this.#axes = axes.map((axis, a) => kernelsOf(axis, places[a]));
    this.#weights = Float64Array.from(all, (weight) => weight / total);
    this.#logWeights = this.#weights.map(Math.log);
    this.#logs = new Float64Array(all.length);
  }

  /** A point of the density: [axes]. */
  draw(random: Random): Float64Array {
    let [left, kernel] = [random.uniform(), 0];
    while (kernel < this.#weights.length - 1 && left >= this.#weights[kernel]) left -= this.#weights[kernel++];
    return Float64Array.from(this.#axes, (kernels) => kernels.draw(kernel, random));
  }

  logDensity(point: ArrayLike<number>): number {
    const logs = this.#logs;
    logs.set(this.#logWeights);
    for (const [a, kernels] of this.#axes.entries()) kernels.addLogs(point[a], logs);
    let most = Number.NEGATIVE_INFINITY;
    for (const log of logs) if (log > most) most = log;
    let sum = 0;
    for (const log of logs) sum += Math.exp(log - most);
    return most + Math.log(sum);
  }
}
