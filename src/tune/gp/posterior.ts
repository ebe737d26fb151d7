import { Factor } from "./factor.ts";
import { JITTER, matern, type Theta } from "./likelihood.ts";
import { type Points, sameNumbers } from "./points.ts";

const SQRT_5 = Math.sqrt(5);
/** Rows after which a variance that is being computed is looked at. */
const STRIDE = 16;
/** Share of s below which a variance is rounding. */
const FLOOR = 1e-12;

interface Made {
  readonly signature: string;
  readonly theta: Theta;
  readonly jitter: number;
  readonly rows: readonly Float64Array[];
  readonly factor: Factor;
}

/** Factors of before, so that a trial more is a row more. What comes out is the same without them, to the last bit. */
const made: Made[] = [];
const KEPT = 6;

/** The factor of the points' covariances. @returns undefined where there is none in this precision */
function factorOf(points: Points, theta: Theta, jitter: number): Factor | undefined {
  const { count, signature } = points;
  const weights = theta.map(Math.exp);
  const [scale, noise] = weights.subarray(points.lines.length);
  let common = 0;
  let known: Made | undefined;
  for (const one of made) {
    if (one.signature !== signature || one.jitter !== jitter || !sameNumbers(one.theta, theta)) continue;
    let same = 0;
    while (same < Math.min(count, one.rows.length) && sameNumbers(one.rows[same], points.rows[same])) same++;
    if (same > common) [common, known] = [same, one];
  }
  const factor = known === undefined ? new Factor(count) : known.factor.grown(common, count);
  const squares = new Float64Array(count);
  for (let i = common; i < count; i++) {
    const row = factor.row(i);
    points.distances(points.rows[i], weights, squares.subarray(0, i));
    for (let j = 0; j < i; j++) row[j] = matern(squares[j], scale);
    row[i] = scale + noise + jitter;
  }
  if (!factor.complete(count)) return undefined;
  made.unshift({ signature, theta, jitter, rows: points.rows, factor });
  made.length = Math.min(made.length, KEPT);
  return factor;
}

/**
 * What a Gaussian process believes of a function of which it has seen some values (Rasmussen and Williams 2006, algorithm 2.1). Points
 * beyond those with values are pending: each counts as if it had been seen where it is believed to lie (the kriging believer of
 * Ginsbourger et al. 2010), which leaves every mean as it is and makes the neighbourhood certain.
 *
 * It looks at one place at a time: `look` comes first, then `settle`, then `slopes`.
 */
export class Posterior {
  readonly points: Points;
  /** Of each line: the inverse square of its length. */
  readonly weights: Float64Array;
  readonly #scale: number;
  readonly #ridge: number;
  readonly #factor: Factor;
  /** K⁻¹ y; nothing of a pending point, which lies where it is believed to. */
  readonly #alpha: Float64Array;
  readonly #squares: Float64Array;
  /** k, then L⁻¹ k. */
  readonly #solved: Float64Array;
  /** Shares of the points in the slopes of mean and variance. */
  readonly #pull: Float64Array;
  readonly #hold: Float64Array;
  /** The point that says most of the place that is looked at. */
  #nearest = 0;
  mean = 0;
  /** Of the function, without the noise; an upper bound until it is settled. */
  variance = 0;

  /** @param values [observed points], standardised */
  constructor(points: Points, values: Float64Array, theta: Theta) {
    const { count, lines } = points;
    this.points = points;
    const [weights, rest] = [theta.map(Math.exp), lines.length];
    this.weights = weights.subarray(0, rest);
    this.#scale = weights[rest];
    let jitter = JITTER;
    let factor = factorOf(points, theta, jitter);
    while (factor === undefined) {
      jitter *= 10;
      factor = factorOf(points, theta, jitter);
    }
    this.#factor = factor;
    this.#ridge = this.#scale + weights[rest + 1] + jitter;
    this.#alpha = new Float64Array(count);
    this.#alpha.set(values);
    factor.forward(this.#alpha, 0, values.length);
    factor.backward(this.#alpha, values.length);
    [this.#squares, this.#solved] = [new Float64Array(count), new Float64Array(count)];
    [this.#pull, this.#hold] = [new Float64Array(count), new Float64Array(count)];
  }

  /** The mean at a place, and a bound of the variance: what it would be had only the point been seen that says most, O(n). */
  look(units: Float64Array): void {
    const squares = this.#squares;
    const solved = this.#solved;
    const alpha = this.#alpha;
    const scale = this.#scale;
    this.points.distances(units, this.weights, squares);
    let mean = 0;
    let most = 0;
    let nearest = 0;
    for (let i = 0; i < squares.length; i++) {
      const a = SQRT_5 * Math.sqrt(squares[i]);
      const decay = scale * Math.exp(-a);
      const k = (1 + a + (a * a) / 3) * decay;
      solved[i] = k;
      mean += alpha[i] * k;
      if (k > most) {
        most = k;
        nearest = i;
      }
    }
    this.mean = mean;
    this.variance = scale - (most * most) / this.#ridge;
    this.#nearest = nearest;
  }

  /**
   * The exact variance at the place that was looked at, O(n²).
   * @param worth asked now and then, while the variance is a bound that closes in; false ends it
   * @returns whether it is exact
   */
  settle(worth: () => boolean = () => true): boolean {
    const n = this.points.count;
    let left = this.#scale;
    for (let from = 0; from < n; from += STRIDE) {
      if (!worth()) return false;
      const to = Math.min(n, from + STRIDE);
      left -= this.#factor.forward(this.#solved, from, to);
      // Until it is its turn, the nearest point takes away what the rows before leave to it.
      const known = this.#nearest < to ? 0 : this.#factor.share(this.#nearest, this.#solved, to, this.#ridge);
      this.variance = Math.max(left - known, FLOOR * this.#scale);
    }
    return true;
  }

  /**
   * Derivatives of the mean and of the settled variance by the unit of some lines that are numbers, in their order.
   * @param of indices of lines
   */
  slopes(units: Float64Array, of: readonly number[], mean: Float64Array, variance: Float64Array): void {
    const n = this.points.count;
    const pull = this.#pull;
    const hold = this.#hold;
    hold.set(this.#solved);
    this.#factor.backward(hold);
    for (let i = 0; i < n; i++) {
      const a = SQRT_5 * Math.sqrt(this.#squares[i]);
      const rise = (-5 / 6) * (1 + a) * this.#scale * Math.exp(-a);
      pull[i] = this.#alpha[i] * rise;
      hold[i] *= rise;
    }
    for (let d = 0; d < of.length; d++) {
      const { axis, first } = this.points.lines[of[d]];
      const [weight, at] = [this.weights[of[d]], units[axis] - 0.5];
      let [towards, away] = [0, 0];
      for (let i = 0; i < n; i++) {
        towards += pull[i] * (at - first[i]);
        away += hold[i] * (at - first[i]);
      }
      mean[d] = 2 * weight * towards;
      variance[d] = -4 * weight * away;
    }
  }
}
