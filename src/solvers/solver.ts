import type { Ranges } from "../core/index.ts";
import type { Loss } from "../losses/index.ts";
import type { Dual } from "./duals.ts";
import type { Moments, Oracle, Rows, Solution, Threshold, Watch } from "./oracle.ts";

/** When a solver ends. */
export interface Limits {
  /** How near the optimum is near enough, by the solver's own measure. */
  readonly tolerance: number;
  /** Iterations at most. */
  readonly iterations: number;
}

/** A convex problem L(w) = f(w) + Σ_k t_k |w_k|, as the questions that can be asked of it. */
export interface Problem {
  /** f, its differentiable part, which holds the penalty Σ W². */
  readonly oracle: Oracle;
  /** The same with a preconditioner, where one is worth its price. */
  preconditioned(): Promise<Oracle>;
  readonly start: Float64Array;
  readonly threshold: Threshold;
  /** Least squares as sums over the examples, and λ for each feature. */
  moments(): Promise<{ readonly moments: Moments; readonly ridge: Float64Array }>;
  /** The examples one by one; the objective of the dual times `scale` is L. */
  rows(): Promise<DualProblem>;
  /** Decides every random choice. */
  readonly seed: number;
}

export interface DualProblem {
  readonly rows: Rows;
  readonly labels: Int32Array;
  /** C_i in ½ ‖W‖² + Σ_i C_i L_i. */
  readonly costs: Float64Array;
  readonly dual: Dual;
  readonly scale: number;
}

/** A method that finds the optimum of a convex problem, to a stated precision and without a learning rate. */
export interface Solver<Options extends Limits = Limits> {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly defaults: Options;
  readonly ranges: Ranges;
  /** Whether it can minimise this loss of a linear model. */
  suits(loss: Loss): boolean;
  /** The loss that it minimises unless another is named. */
  readonly usual: string;
  /** The penalty Σ |W| is one of its strengths; the others take Σ W² alone. */
  readonly l1?: true;
  /** The penalty Σ W² must be there, and holds the bias as well: the dual has no other form that is solved row by row. */
  readonly needsL2?: true;
  solve(problem: Problem, options: Options, watch: Watch): Promise<Solution>;
}

/** Convex, with a gradient that a line search can trust. */
export const isSmooth = (loss: Loss): boolean => loss.convex === true && loss.smooth === true;
