import type { Space } from "../../space/index.ts";
import type { Ask } from "../sampler.ts";
import { fitTheta } from "./fit.ts";
import { observedIn, warpedValues } from "./observed.ts";
import { Points } from "./points.ts";
import { Posterior } from "./posterior.ts";
import { halfRanked, standardized } from "./warp.ts";

/** What is asked of a model about two parameters. */
export interface SurfaceRequest extends Pick<Ask, "trials"> {
  readonly space: Space;
  /** Names of two different parameters, the first across. */
  readonly pair: readonly [string, string];
  /** [parameters] in [0, 1]: what the others have. NaN where a parameter does not count. */
  readonly at: Float64Array;
  /** Places along each of the two; an integer or a choice has as many as it has values, where those are fewer. */
  readonly size: number;
}

/** Of two parameters what a Gaussian process believes, with all others held. */
export interface PairSurface {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns], from the lowest on, on the scale of the values; NaN where one of the two does not count. */
  readonly mean: Float64Array;
  /** [rows, columns] of the function, without the noise of a single trial. */
  readonly deviation: Float64Array;
  /** Trials that it knows. */
  readonly trials: number;
}

/** Fewer trials say nothing. */
const LEAST = 8;
/** Trials of which a surface is made where there are more: variances are O(n²) at each place. */
const MOST_POINTS = 400;
/** And of which theta is found, which is O(n³) a step. */
const MOST_FITTED = 100;

/**
 * The slice of the model's mean and deviation through `at`, along two parameters. Values that are worse than the median are modelled by
 * their rank, as `expected` does, and brought back by interpolation between those that were seen; the deviation is on the scale of the
 * better half.
 * @returns undefined where there are too few trials with a value
 */
export function surfaceOfPair({ space, trials, pair, at, size }: SurfaceRequest): PairSurface | undefined {
  const known = trials.filter(({ value }) => value !== undefined && Number.isFinite(value));
  if (known.length < LEAST) return undefined;
  const observed = (most: number) =>
    observedIn({ space, trials: thinned(known, most), seed: 0, number: trials.length });
  const { encoding, axes, rows, values } = observed(MOST_POINTS);
  const fitted = observed(MOST_FITTED);
  const theta = fitTheta({ encoding, axes, rows: fitted.rows, values: fitted.values, warp: warpedValues });
  const ranked = halfRanked(values);
  const { values: scaled, mean: centre, deviation: spread } = standardized(ranked);
  const posterior = new Posterior(new Points(encoding, rows, axes), scaled, theta);
  const back = inverse(ranked, values);
  const [across, up] = pair.map((name) => space.names.indexOf(name));
  const [columns, lines] = [across, up].map((axis) => Math.min(size, encoding.axes[axis].count));
  const mean = new Float64Array(columns * lines);
  const deviation = new Float64Array(columns * lines);
  const spare = new Float64Array(space.names.length).fill(0.5);
  for (let row = 0; row < lines; row++) {
    for (let column = 0; column < columns; column++) {
      const units = Float64Array.from(at);
      units[across] = (column + 0.5) / columns;
      units[up] = (row + 0.5) / lines;
      encoding.snap(units, spare);
      const place = row * columns + column;
      if (Number.isNaN(units[across]) || Number.isNaN(units[up])) {
        mean[place] = deviation[place] = Number.NaN;
        continue;
      }
      posterior.look(units);
      posterior.settle();
      mean[place] = back(centre + spread * posterior.mean);
      deviation[place] = spread * Math.sqrt(posterior.variance);
    }
  }
  return { columns, rows: lines, mean, deviation, trials: rows.length };
}

/** The better half of what there is room for, and the others evenly, in the order of their numbers. */
function thinned(trials: Ask["trials"], most: number): Ask["trials"] {
  if (trials.length <= most) return trials;
  const order = trials.toSorted((a, b) => a.value! - b.value! || a.number - b.number);
  const others = order.slice(most / 2);
  const some = Array.from({ length: most / 2 }, (_, i) => others[Math.floor((i * others.length) / (most / 2))]);
  return [...order.slice(0, most / 2), ...some].sort((a, b) => a.number - b.number);
}

/** From warped values to what was seen: linear between neighbours, and beyond both ends as the warped scale goes on. */
function inverse(warped: Float64Array, values: Float64Array): (value: number) => number {
  const order = Array.from(warped.keys()).sort((a, b) => warped[a] - warped[b]);
  const from = order.map((i) => warped[i]);
  const to = order.map((i) => values[i]);
  const last = from.length - 1;
  return (value) => {
    if (value <= from[0]) return to[0] + (value - from[0]);
    if (value >= from[last]) return to[last];
    let [low, high] = [0, last];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (from[middle] <= value) low = middle;
      else high = middle;
    }
    const span = from[high] - from[low];
    return span === 0 ? to[low] : to[low] + ((value - from[low]) / span) * (to[high] - to[low]);
  };
}
