import { Random } from "../../core/index.ts";
import type { Encoding } from "./encoding.ts";
import { HIGHEST, Likelihood, LOWEST, type Theta } from "./likelihood.ts";
import { minimize } from "./minimize.ts";
import { Points, sameNumbers } from "./points.ts";

/** What was seen of a function, in the order of the trials' numbers. */
export interface Sample {
  readonly encoding: Encoding;
  /** That are told apart. */
  readonly axes: readonly number[];
  readonly rows: readonly Float64Array[];
  /** As they were seen; NaN of a trial that failed. */
  readonly values: Float64Array;
  /** To what is modelled, mean 0 and deviation 1. */
  readonly warp: (values: Float64Array) => Float64Array;
}

/** Points that theta is fitted to where there are more: half of them the best, half at random. */
const MOST = 200;
/** From here on theta is not fitted anew with every trial. */
const DENSE = 60;
/** Where the search for theta begins: lengths of 1.4 of the whole range, little noise. */
const START = { weight: Math.log(0.5), scale: 0, noise: Math.log(1e-3) };
/** A thousandth of a nat tells no two thetas apart. */
const ACCURACY = { iterations: 40, tolerance: 1e-2, gain: 1e-3 };
const LADDER = { first: 16, growth: 1.15 };

interface Fitted {
  readonly key: string;
  readonly rows: readonly Float64Array[];
  readonly values: Float64Array;
  readonly theta: Theta;
}

/** Fits of before; each is a function of its sample, so they only save time. */
const fits: Fitted[] = [];
const KEPT = 96;

const every = (count: number): number => (count <= DENSE ? 1 : Math.ceil(count / 40));

/** Of how many trials, the first ones, theta is found: of all up to 60, then n/40 trials go by until the next time. */
export function fittedCount(count: number): number {
  return Math.floor(count / every(count)) * every(count);
}

/** From where the search for theta sets out: what was found of fewer trials, one in a series that grows by 15 %; 0 for none. */
function before(count: number): number {
  let [last, next] = [0, LADDER.first];
  while (fittedCount(next) < count) {
    last = fittedCount(next);
    next = Math.ceil(LADDER.growth * next);
  }
  return last;
}

/** The most probable theta. */
export function fitTheta(sample: Sample): Theta {
  return fitFirst(sample, fittedCount(sample.rows.length));
}

/**
 * Of the first so many trials. The search begins where that of somewhat fewer trials ended, so that it is short; and as those grow
 * geometrically, a fit out of nothing costs no more than a few: a study that is replayed meets the same theta.
 */
function fitFirst(sample: Sample, count: number): Theta {
  const key = sample.axes.map((axis) => `${sample.encoding.axes[axis].parameter.kind} ${axis}`).join();
  const [rows, values] = [sample.rows.slice(0, count), sample.values.slice(0, count)];
  const known = fits.find(
    (fit) =>
      fit.key === key &&
      fit.rows.length === count &&
      sameNumbers(fit.values, values) &&
      fit.rows.every((row, i) => sameNumbers(row, rows[i])),
  );
  if (known !== undefined) return known.theta;
  const lines = sample.axes.length;
  const filled = ({ weight, scale, noise }: typeof START) =>
    Float64Array.from({ length: lines + 2 }, (_, i) => (i < lines ? weight : i === lines ? scale : noise));
  const starts: Theta[] = [];
  if (before(count) > 0) starts.push(fitFirst(sample, before(count)));
  // A second mode is found while there is little to go by, and now and then later.
  if (count < 30 || Math.floor(count / every(count)) % 8 === 0) starts.push(filled(START));
  const warped = sample.warp(values);
  const chosen = count > MOST ? subset(warped) : undefined;
  const points = new Points(sample.encoding, chosen?.map((i) => rows[i]) ?? rows, sample.axes);
  const likelihood = new Likelihood(
    points,
    chosen === undefined ? warped : Float64Array.from(chosen, (i) => warped[i]),
  );
  const loss = (theta: Theta, gradient: Float64Array) => likelihood.loss(theta, gradient);
  const found = starts.map((start) => minimize(loss, start, filled(LOWEST), filled(HIGHEST), ACCURACY));
  const theta = found.reduce((best, one) => (one.value < best.value ? one : best)).x;
  fits.unshift({ key, rows, values, theta });
  fits.length = Math.min(fits.length, KEPT);
  return theta;
}

/** The best half, and a random half of the others, in the order of their numbers. */
function subset(values: Float64Array): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  const others = new Random(0, "gp subset", values.length).shuffle(order.slice(MOST / 2));
  return [...order.slice(0, MOST / 2), ...others.slice(0, MOST / 2)].sort((a, b) => a - b);
}
