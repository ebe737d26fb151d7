import { frozen, Random } from "../../core/index.ts";
import { type Configuration, fromUnits, type Space, toUnits } from "../../space/index.ts";
import { type Ask, admission, type Sampler } from "../sampler.ts";
import { type Axis, axisOf } from "../tpe/axis.ts";
import { Parzen } from "../tpe/parzen.ts";
import { ranked } from "../tpe/rank.ts";
import type { Trial } from "../trial.ts";
import { sobolSampler } from "./sobol.ts";

export interface TpeOptions {
  /** Trials that are spread evenly before any is chosen by what others have reached. */
  readonly startupTrials: number;
  /** Draws among which the most promising one is chosen. */
  readonly candidates: number;
}

/** γ: the share of trials that are good, as Watanabe 2023 recommends it together with the weights below, but no more than so many. */
const GOOD_SHARE = 0.15;
const MOST_GOOD = 25;
/** Bad trials that count fully, however many came after them; the older ones fade (Bergstra et al. 2013). */
const RECENT = 25;
/** Times that candidates are drawn before the space is looked through for what is left. */
const ROUNDS = 4;

/** Parameters that are there under the same condition, by their indices in the space. */
interface Group {
  readonly at: readonly number[];
  readonly axes: readonly Axis[];
}

function groupsOf(space: Space): Group[] {
  const groups = new Map<string, number[]>();
  for (const [i, name] of space.names.entries()) {
    const { when } = space.parameters[name];
    const key = JSON.stringify(when === undefined ? [] : [when.parameter, when.is]);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  return [...groups.values()].map((at) => ({
    at,
    axes: at.map((i) => axisOf(space.parameters[space.names[i]])),
  }));
}

const ends = ({ outcome, value }: Trial): boolean => outcome !== "running" || value !== undefined;

/** By how much each good trial is better than the best bad one, 1 on average (Watanabe 2023, "EI" weights, §3.3.2). */
function gains(good: readonly Trial[], bad: readonly Trial[]): number[] {
  const threshold = bad[0]?.value ?? Number.NaN;
  const own = good.map(({ value = Number.NaN }) => threshold - value);
  const mean = own.reduce((sum, gain) => sum + gain, 0) / own.length;
  // Where limits or failures decide the order, values do not say how much better.
  const telling = mean > 0 && Number.isFinite(mean) && own.every((gain) => gain >= 0);
  return own.map((gain) => (telling ? gain / mean : 1));
}

/** 1 for the latest ones; those before fall evenly to almost nothing, the older the less. */
function fading(trials: readonly Trial[]): number[] {
  const old = trials.length - RECENT;
  const byAge = trials.map(({ number }) => number).sort((a, b) => a - b);
  const ages = new Map(byAge.map((number, age) => [number, age]));
  return trials.map(({ number }) => Math.min(1, (ages.get(number)! + 1) / Math.max(1, old + 1)));
}

/** Draws from the density of the good trials, the one first that is likeliest to be of them and not of the others. */
function candidatesOf({ at, axes }: Group, seen: readonly Seen[], random: Random, count: number): Float64Array[] {
  // Of values that the space does not have any more nothing is learned.
  const own = seen.filter(({ units }) => at.every((i) => units[i] >= 0 && units[i] <= 1));
  const split = Math.min(MOST_GOOD, Math.ceil(GOOD_SHARE * own.filter(({ trial }) => ends(trial)).length));
  const [good, bad] = [own.slice(0, split), own.slice(split)];
  const trialsOf = (some: readonly Seen[]) => some.map(({ trial }) => trial);
  const placesOf = (some: readonly Seen[]) =>
    at.map((i) => {
      const places = new Float64Array(some.length);
      for (let k = 0; k < some.length; k++) places[k] = some[k].units[i];
      return places;
    });
  const promising = new Parzen(axes, placesOf(good), gains(trialsOf(good), trialsOf(bad)));
  const others = new Parzen(axes, placesOf(bad), fading(trialsOf(bad)));
  return Array.from({ length: count }, () => {
    const point = promising.draw(random);
    return { point, score: promising.logDensity(point) - others.logDensity(point) };
  })
    .sort((a, b) => b.score - a.score)
    .map(({ point }) => point);
}

interface Seen {
  readonly trial: Trial;
  readonly units: Float64Array;
}

/**
 * One candidate after the other, the most promising ones first. Parameters under one condition are drawn together, from what trials with
 * that condition have shown; whether they are there is decided before.
 */
function* proposals(request: Ask, { candidates }: TpeOptions): Generator<Configuration> {
  const { space, seed, number } = request;
  const random = new Random(seed, "tpe sampler", number);
  const seen = ranked(request).map((trial) => ({ trial, units: toUnits(space, trial.configuration) }));
  const [root, ...others] = groupsOf(space);
  const put = (units: Float64Array, { at }: Group, point: Float64Array) => {
    for (const [j, i] of at.entries()) units[i] = point[j];
  };
  for (let round = 0; round < ROUNDS; round++) {
    const drawn = new Map<Group, Float64Array[]>();
    for (const point of candidatesOf(root, seen, random, candidates)) {
      const units = new Float64Array(space.names.length);
      put(units, root, point);
      for (const group of others) {
        const name = space.names[group.at[0]];
        if (!space.isActive(name, fromUnits(space, units))) continue;
        if (!drawn.has(group)) drawn.set(group, candidatesOf(group, seen, random, candidates));
        put(units, group, drawn.get(group)![0]);
      }
      yield fromUnits(space, units);
    }
  }
}

/**
 * Tree-structured Parzen estimator: new trials are drawn where the density of the good ones is high against that of the others. Bergstra
 * et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011; with kernels over several parameters (Falkner et al. 2018), and
 * bandwidths and weights as Watanabe, "Tree-structured Parzen estimator" (arXiv 2304.11127, 2023), compares them.
 */
export const tpeSampler = frozen<Sampler<TpeOptions>>({
  name: "tpe",
  summary: "where good trials are dense and bad ones are not; quick, also after thousands",
  defaults: { startupTrials: 10, candidates: 24 },
  ranges: { startupTrials: [1, Number.POSITIVE_INFINITY], candidates: [1, Number.POSITIVE_INFINITY] },
  ask: (request, options) => {
    const admits = admission(request);
    if (request.trials.filter((trial) => trial.outcome !== "stale" && ends(trial)).length >= options.startupTrials) {
      for (const configuration of proposals(request, options)) if (admits(configuration)) return configuration;
    }
    return sobolSampler.ask(request, sobolSampler.defaults);
  },
});
