/**
 * What a solver may ask. Solvers know no data, no network and no runtime: they see a function of a vector through these
 * few questions, so each is tested on functions written down in a line, and runs on whatever can answer.
 */

/** f and ∇f at one point. */
export interface Point {
  readonly value: number;
  /** Of the same length as w; the caller's to keep. */
  readonly gradient: Float64Array;
}

/** A differentiable function of a vector w. */
export interface Oracle {
  readonly dimension: number;
  evaluate(w: Float64Array): Promise<Point>;
  /** ∇²f(w) v. */
  hessianVector(w: Float64Array, v: Float64Array): Promise<Float64Array>;
  /** The Hessian is the same everywhere. */
  readonly quadratic: boolean;
  /**
   * M⁻¹ v for a symmetric positive definite M that is near the Hessian; the identity when absent. The nearer, the fewer
   * iterations.
   */
  precondition?(v: Float64Array): Float64Array;
}

/**
 * λ₁ Σ |w_k| as a solver meets it: the strength for each coordinate, 0 where a coordinate is not penalised.
 */
export type Threshold = Float64Array;

/**
 * Rows x_i and the weights of a linear classifier over them, [features, classes], as a method that visits one row at a time
 * needs them. The weights live in here, in whatever layout makes a visit cheap; they start at 0.
 */
export interface Rows {
  readonly count: number;
  readonly classes: number;
  /** ‖x_i‖², [count]. */
  readonly squaredNorms: Float64Array;
  /** into[c] = x_i · w_c. */
  scores(row: number, into: Float64Array): void;
  /** w_c ← w_c + change x_i for the first `number` of the listed classes. */
  add(row: number, classes: Int32Array, changes: Float64Array, number: number): void;
  /** The scores of all rows, [count, classes]. */
  allScores(): Promise<Float64Array>;
  /** A copy of the weights, [features, classes], row-major. */
  weights(): Float64Array;
}

/**
 * Sums over the training set that the normal equations of least squares are made of. The features are the inputs and, last, a
 * 1 for the bias.
 */
export interface Moments {
  /** Σ_i ω_i x_i x_iᵀ, [features, features]; the weights ω of the examples sum to 1. */
  readonly gram: Float64Array;
  /** Σ_i ω_i x_i t_iᵀ, [features, outputs]. */
  readonly cross: Float64Array;
  readonly features: number;
  readonly outputs: number;
}

/** How a solver's work goes on; a true answer ends it after the iteration in hand. */
export type Watch = (progress: Progress) => boolean | undefined;

export interface Progress {
  readonly iteration: number;
  /** The objective, penalties included. */
  readonly value: number;
  /** How far from the optimum, by the solver's own measure. */
  readonly optimality: number;
  /** Where it stops. */
  readonly tolerance: number;
}

/** Where a solver ended. */
export interface Solution extends Progress {
  readonly w: Float64Array;
  /** What `optimality` is. */
  readonly measure: string;
  /** The tolerance was reached, not the limit of iterations. */
  readonly converged: boolean;
}
