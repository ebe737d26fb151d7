import { dot, Factor } from "./factor.ts";
import type { Points } from "./points.ts";

/** Added to the noise, so that a matrix of points that lie close together can be factored. */
export const JITTER = 1e-6;

/**
 * Logarithms of what a Gaussian process has to be told: an inverse square length for each line, the variance s of the function and
 * the variance v of the noise. [lines + 2].
 */
export type Theta = Float64Array;

/** Bounds of theta. */
export const LOWEST = { weight: Math.log(1e-4), scale: Math.log(0.01), noise: Math.log(1e-9) };
export const HIGHEST = { weight: Math.log(1e4), scale: Math.log(100), noise: 0 };

const SQRT_5 = Math.sqrt(5);

/** Matérn's kernel, ν = 5/2, at the square of a distance: s (1 + a + a²/3) e^(−a) with a = √5 r. */
export function matern(square: number, scale: number): number {
  const a = SQRT_5 * Math.sqrt(square);
  return scale * (1 + a + (a * a) / 3) * Math.exp(-a);
}

/**
 * Minus the logarithm of the posterior density of theta, y' K⁻¹ y / 2 + ½ ln det K − ln prior, and its gradient (Rasmussen and Williams
 * 2006, section 5.4.1). The prior is that of Optuna's GPSampler: −Σ(0.1/w + 0.1 w) + ln s − s + 0.1 ln v − 30 v.
 */
export class Likelihood {
  readonly #values: Float64Array;
  readonly #pairs: readonly Float64Array[];
  readonly #squares: Float64Array;
  /** dK/d r², then the share of each pair in the gradient. */
  readonly #slopes: Float64Array;
  readonly #factor: Factor;
  readonly #inverse: Float64Array;
  readonly #scratch: Float64Array;

  /** @param values [points], standardised */
  constructor(points: Points, values: Float64Array) {
    const n = points.count;
    this.#values = values;
    this.#pairs = points.pairs();
    this.#squares = new Float64Array((n * (n - 1)) / 2);
    this.#slopes = new Float64Array((n * (n - 1)) / 2);
    this.#factor = new Factor(n);
    this.#inverse = new Float64Array((n * (n + 1)) / 2);
    this.#scratch = new Float64Array(n * n);
  }

  /** @returns infinity where K cannot be factored */
  loss(theta: Theta, gradient: Float64Array): number {
    const [n, lines] = [this.#values.length, this.#pairs.length];
    const weights = theta.map(Math.exp);
    const [scale, noise] = [weights[lines], weights[lines + 1]];
    this.#covariances(weights, scale, noise);
    this.#factor.size = 0;
    if (!this.#factor.complete(n)) return Number.POSITIVE_INFINITY;
    const alpha = Float64Array.from(this.#values);
    let value = 0.5 * this.#factor.forward(alpha, 0, n) + this.#factor.logRoot();
    this.#factor.backward(alpha);
    this.#factor.inverse(this.#inverse, this.#scratch);

    // ½ (K⁻¹ − αα') : dK, over the diagonal and twice the pairs. With k = s ρ, Σ k : … needs no second look at the kernel.
    let diagonal = 0;
    for (let i = 0; i < n; i++) diagonal += this.#inverse[(i * (i + 1)) / 2 + i] - alpha[i] * alpha[i];
    gradient[lines + 1] = 0.5 * noise * diagonal;
    let scaled = 0.5 * scale * diagonal;
    for (let i = 1, pair = 0; i < n; i++) {
      const row = (i * (i + 1)) / 2;
      for (let j = 0; j < i; j++, pair++) {
        const share = this.#inverse[row + j] - alpha[i] * alpha[j];
        scaled += share * this.#squares[pair];
        this.#slopes[pair] *= share;
      }
    }
    gradient[lines] = scaled;
    for (let l = 0; l < lines; l++) {
      gradient[l] = weights[l] * dot(this.#slopes, 0, this.#pairs[l], 0, this.#slopes.length);
      value += 0.1 / weights[l] + 0.1 * weights[l];
      gradient[l] += 0.1 * weights[l] - 0.1 / weights[l];
    }
    value += scale - theta[lines] + 30 * noise - 0.1 * theta[lines + 1];
    gradient[lines] += scale - 1;
    gradient[lines + 1] += 30 * noise - 0.1;
    return value;
  }

  /** Writes K into the factor, and leaves the kernel of each pair in `squares` and its slope by r² in `slopes`. */
  #covariances(weights: Float64Array, scale: number, noise: number): void {
    const [squares, slopes] = [this.#squares, this.#slopes];
    squares.fill(0);
    for (let l = 0; l < this.#pairs.length; l++) {
      const [pairs, weight] = [this.#pairs[l], weights[l]];
      for (let pair = 0; pair < squares.length; pair++) squares[pair] += weight * pairs[pair];
    }
    for (let pair = 0; pair < squares.length; pair++) {
      const a = SQRT_5 * Math.sqrt(squares[pair]);
      const decay = scale * Math.exp(-a);
      squares[pair] = (1 + a + (a * a) / 3) * decay;
      slopes[pair] = (-5 / 6) * (1 + a) * decay;
    }
    for (let i = 0, at = 0; i < this.#values.length; at += i, i++) {
      const row = this.#factor.row(i);
      row.set(squares.subarray(at, at + i));
      row[i] = scale + noise + JITTER;
    }
  }
}
