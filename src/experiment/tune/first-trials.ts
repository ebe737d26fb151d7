import type { Configuration, Space } from "../../space/index.ts";
import { type Named, near, type Objective } from "../../tune/index.ts";
import { nearestAllowed } from "./cost.ts";
import { metricOf } from "./objectives.ts";

/** Samplers that learn from what they see; the others are asked for what they are. */
const learning: readonly string[] = ["gp", "tpe"];

/**
 * Places around what a training would do that are tried before a sampler begins to think. A start all over the space found nothing:
 * Fashion-MNIST, mlp, 13 trials in ten minutes, eight of them spread evenly: +0.05 points over the first.
 */
const NEAR = 5;

/**
 * What a search tries first: what a training without a search would do, or the nearest that keeps the limits, then configurations around it.
 * @param keeps whether a configuration keeps the limits that can be computed
 * @returns nothing where no network of the usual kind keeps them
 */
export function firstTrials(
  space: Space,
  start: Configuration,
  keeps: (configuration: Configuration) => boolean,
  { sampler, seed }: { readonly sampler: Named; readonly seed: number },
): Configuration[] {
  const first = nearestAllowed(space, start, keeps);
  if (first === undefined) return [];
  return [first, ...(learning.includes(sampler.name) ? near(space, first, NEAR, seed, keeps) : [])];
}

/**
 * What ends trials early unless told otherwise: with one objective that every epoch reports, those that are clearly behind. In races of 810
 * epochs on the digits table this was never worse than none: regret 0.0035 for 0.0042 with gp, 0.009 for 0.016 with tpe, 0.023 for 0.030 with
 * random (20 seeds). With two objectives a trial that is behind in one may lead in the other.
 */
export const usualPruner = (objectives: readonly Objective[]): "median" | "none" =>
  objectives.length === 1 && metricOf(objectives[0].metric)?.everyEpoch ? "median" : "none";
