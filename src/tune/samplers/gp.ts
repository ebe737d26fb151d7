import { frozen, Random } from "../../core/index.ts";
import { Acquisition } from "../gp/acquisition.ts";
import { fitTheta } from "../gp/fit.ts";
import { type Observed, observedIn, warpedMeasurements, warpedValues } from "../gp/observed.ts";
import { Points } from "../gp/points.ts";
import { Posterior } from "../gp/posterior.ts";
import { boxAround, boxLength, everywhere, isLocal } from "../gp/region.ts";
import { search } from "../gp/search.ts";
import { standardized } from "../gp/warp.ts";
import { type Ask, admission, configurations, type Sampler } from "../sampler.ts";
import { Sobol } from "../sobol.ts";
import { evenly } from "./sobol.ts";
import { tpeSampler } from "./tpe.ts";

/** Trials that are spread evenly before there is enough to model. */
const STARTUP = { least: 8, perAxis: 2, shareOfBudget: 1 / 5 };
/** The best trials, around which is looked. */
const ANCHORS = 5;
/** Configurations up to which a space is looked at as a whole. */
const LISTED = 1024;

/** Beyond either, matrices become too large, or distances too much alike, and densities of single parameters say more. */
const MOST = { trials: 1000, parameters: 50 };

/**
 * Bayesian optimisation: a Gaussian process of what was seen, and the place of which it expects the greatest improvement. Mockus 1975;
 * Jones, Schonlau and Welch 1998; Snoek, Larochelle and Adams 2012.
 *
 * Median regret of ten searches after 60 evaluations: Branin 7e-5, Hartmann-3 1.4e-5, Hartmann-6 0.06 (0.001 of thirty, of which ten end
 * in the second-best minimum), Rosenbrock-4 13, Ackley-5 7.5, Levy-4 0.26, Styblinski and Tang-4 24. After 200 and 1,000 trials of
 * Hartmann-6 an ask takes 30 and 250 ms of CPU time (the median).
 */
export const gpSampler = frozen<Sampler>({
  name: "gp",
  summary: "where a Gaussian process expects the most; tpe beyond 1,000 trials or 50 parameters",
  defaults: {},
  ask: (request) => {
    const observed = observedIn(request);
    if (observed.rows.length > MOST.trials || observed.axes.length > MOST.parameters) {
      return tpeSampler.ask(request, tpeSampler.defaults);
    }
    const promising = isStartup(request, observed) ? undefined : mostPromising(request, observed);
    return promising ?? evenly(request, "gp startup");
  },
});

function isStartup({ budget = Number.POSITIVE_INFINITY }: Ask, { rows, pending, axes, values }: Observed): boolean {
  const { least, perAxis, shareOfBudget } = STARTUP;
  const startup = Math.max(least, Math.min(perAxis * axes.length, Math.floor(budget * shareOfBudget)));
  if (rows.length + pending.length < startup) return true;
  // Where many run at the same time, the first ones to end are too few to go by.
  return rows.length < startup / 2 || values.every(Number.isNaN);
}

function mostPromising(request: Ask, observed: Observed) {
  const { space, seed, number } = request;
  const { encoding, rows, feasible } = observed;
  const values = warpedValues(observed.values);
  const order = rows.map((_, i) => i).sort((a, b) => rank(a) - rank(b) || values[a] - values[b]);
  function rank(i: number): number {
    return feasible[i] ? 0 : 1;
  }
  const acquisition = acquisitionOf(observed, values);
  const spare = Float64Array.from(encoding.axes, (_, axis) => {
    const last = order.find((i) => !Number.isNaN(rows[i][axis]));
    return last === undefined ? 0.5 : Math.min(1, Math.max(0, rows[last][axis]));
  });
  const anchors = order.slice(0, ANCHORS).map((i) => encoding.snap(Float64Array.from(rows[i]), spare));

  const admits = admission(request);
  const known = new Map<string, boolean>();
  const base = {
    ...{ encoding, acquisition, spare },
    random: new Random(seed, "gp sampler", number),
    sobol: new Sobol(space.names.length, seed, `gp candidates ${number}`),
    admits: (units: Float64Array) => {
      const key = units.join();
      const answer = known.get(key) ?? admits(encoding.decode(units));
      known.set(key, answer);
      return answer;
    },
  };
  let found: Float64Array | undefined;
  if (isLocal(seed, number)) {
    const { points, weights } = acquisition.objective ?? acquisition.limits[0].posterior;
    const region = boxAround(encoding, anchors[0], boxLength(seed, observed), points.lines, weights);
    found = search({ ...base, region, anchors: anchors.slice(0, 1), others: [] });
  }
  // Small boxes of integers are exhausted before the space is.
  if (found === undefined) {
    const all = space.count() <= LISTED ? [...configurations(space, Number.POSITIVE_INFINITY)] : [];
    const others = all.map((configuration) => encoding.encode(configuration));
    found = search({ ...base, region: everywhere(encoding.axes.length), anchors, others });
  }
  return found && encoding.decode(found);
}

function acquisitionOf(observed: Observed, values: Float64Array): Acquisition {
  const { encoding, axes, rows, pending, feasible } = observed;
  const posteriorOf = (
    rows: readonly Float64Array[],
    raw: Float64Array,
    warp: (values: Float64Array) => Float64Array,
  ) => {
    const theta = fitTheta({ encoding, axes, rows, values: raw, warp });
    return new Posterior(new Points(encoding, [...rows, ...pending], axes), warp(raw), theta);
  };
  const limits = observed.limits.map((measured) => {
    // The limit, brought to the scale of what is modelled.
    const { mean, deviation } = standardized(measured.values);
    return {
      posterior: posteriorOf(measured.rows, measured.values, warpedMeasurements),
      most: (measured.most - mean) / deviation,
    };
  });
  if (limits.length > 0 && !feasible.includes(true)) return new Acquisition(undefined, 0, limits);
  const objective = posteriorOf(rows, observed.values, warpedValues);
  let best = Math.min(...values.filter((_, i) => feasible[i]));
  // A pending trial is believed: what is no better than it is expected to be improves nothing.
  for (const units of pending) {
    const kept = limits.every(({ posterior, most }) => {
      posterior.look(units);
      return posterior.mean <= most;
    });
    objective.look(units);
    if (kept) best = Math.min(best, objective.mean);
  }
  return new Acquisition(objective, best, limits);
}
