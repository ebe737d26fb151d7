import { chosen, frozen } from "../core/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import type { Oracle, Point, Solution, Threshold, Watch } from "./oracle.ts";
import { isSmooth, type Limits, type Solver } from "./solver.ts";
import { dot, norm, plus } from "./vector.ts";

/**
 * How much the step may grow in an iteration. The momentum makes up for it (Scheinberg, Goldfarb and Bai 2014), or the bound
 * on the distance from the optimum would be lost: with 1.01 it stays below 0.99, with 1.1 below 0.91, which is too little.
 */
const GROWTH = 1.01;
/** Reductions of the step in one iteration at most: after as many nothing but rounding, or NaN, is left. */
const REDUCTIONS = 100;
/** Values nearer to each other than this share of themselves say less about the curvature than the gradients do. */
const NEAR = 1e-10;

/**
 * Proximal gradient with momentum, for f(w) + Σ_k t_k |w_k|: a gradient step on f, then every weight moves towards 0 by its
 * threshold and stays there when it arrives, so l1 gives exact zeros. FISTA (Beck and Teboulle 2009) with backtracking to
 * the curvature that was met (Becker, Candès and Grant 2011), where the step may grow again, and with a restart of the
 * momentum when it points uphill (O'Donoghue and Candès 2015).
 * Stops when the shortest subgradient has fallen to `tolerance` times its first length.
 */
export async function minimizeFista(
  oracle: Oracle,
  start: Float64Array,
  threshold: Threshold,
  options: Limits,
  watch?: Watch,
): Promise<Solution> {
  let w = start;
  let ahead = w;
  let at = await oracle.evaluate(w);
  let momentum = 1;
  let stepSize = 0;
  let value = at.value + penalty(w, threshold);
  let optimality = subgradient(w, at.gradient, threshold);
  const tolerance = options.tolerance * optimality;
  for (let iteration = 0; ; iteration++) {
    const progress = { iteration, value, optimality, tolerance };
    const end = (converged: boolean): Solution => ({ ...progress, w, measure: "subgradient norm", converged });
    if (optimality <= tolerance) return end(true);
    if (watch?.(progress) || iteration >= options.iterations) return end(false);
    stepSize = iteration === 0 ? await firstStep(oracle, w, at) : GROWTH * stepSize;
    const here = at;
    let next = w;
    let after = at;
    // f lies below its quadratic model for every step up to 1/L; the model is tried with longer ones first.
    for (let reductions = 0; ; reductions++) {
      if (reductions > REDUCTIONS) return end(false);
      next = shrunk(plus(ahead, -stepSize, here.gradient), stepSize, threshold);
      after = await oracle.evaluate(next);
      const move = plus(next, -1, ahead);
      const square = dot(move, move);
      // Rounding leaves the step no effect, from the answer so far: so it would every time.
      if (square === 0 && norm(plus(ahead, -1, w)) === 0) return end(false);
      const turn = dot(plus(after.gradient, -1, here.gradient), move);
      const near = Math.abs(after.value - here.value) <= NEAR * Math.abs(here.value);
      const above = near ? 0.5 * turn : after.value - here.value - dot(here.gradient, move);
      if (2 * stepSize * above <= square) break;
      stepSize = turn > 0 ? Math.min(0.5 * stepSize, square / turn) : 0.5 * stepSize;
    }
    value = after.value + penalty(next, threshold);
    optimality = subgradient(next, after.gradient, threshold);
    const uphill = dot(plus(ahead, -1, next), plus(next, -1, w)) > 0;
    const grown = uphill ? 1 : (1 + Math.sqrt(1 + (4 / GROWTH) * momentum * momentum)) / 2;
    const weight = uphill ? 0 : (momentum - 1) / grown;
    ahead = weight === 0 ? next : plus(next, weight, plus(next, -1, w));
    at = weight === 0 || optimality <= tolerance ? after : await oracle.evaluate(ahead);
    momentum = grown;
    w = next;
  }
}

/** 1 / curvature along the gradient, measured over a move of length 1: whatever the units of f, backtracking is not far. */
async function firstStep(oracle: Oracle, w: Float64Array, { gradient }: Point): Promise<number> {
  const length = 1 / (norm(gradient) || 1);
  const probe = await oracle.evaluate(plus(w, -length, gradient));
  const step = (length * dot(gradient, gradient)) / dot(plus(gradient, -1, probe.gradient), gradient);
  return step > 0 && Number.isFinite(step) ? step : length;
}

/** sign(w) max(0, |w| − size · t): the proximal step of the penalty. */
function shrunk(w: Float64Array, size: number, threshold: Threshold): Float64Array {
  return w.map((value, k) => {
    const left = Math.abs(value) - size * threshold[k];
    return left > 0 ? Math.sign(value) * left : 0;
  });
}

const penalty = (w: Float64Array, threshold: Threshold) =>
  w.reduce((total, value, k) => total + threshold[k] * Math.abs(value), 0);

/** The length of the shortest subgradient of f + penalty: 0 exactly at the optimum. */
function subgradient(w: Float64Array, gradient: Float64Array, threshold: Threshold): number {
  let total = 0;
  for (let k = 0; k < w.length; k++) {
    const part =
      w[k] !== 0 ? gradient[k] + Math.sign(w[k]) * threshold[k] : Math.max(0, Math.abs(gradient[k]) - threshold[k]);
    total += part * part;
  }
  return Math.sqrt(total);
}

/** Proximal gradient with momentum and restart. */
export const fistaSolver = frozen<Solver>({
  name: "fista",
  summary: "proximal gradient: l1 gives exact zeros",
  defaults: { tolerance: 1e-3, iterations: 2000 },
  ranges: { tolerance: [0, 1], iterations: [1, Number.POSITIVE_INFINITY] },
  suits: isSmooth,
  usual: "cross-entropy",
  l1: true,
  solve: ({ oracle, start, threshold }, options, watch) => minimizeFista(oracle, start, threshold, options, watch),
});

/** Proximal gradient, for l1. */
export const fista = (options: Partial<Limits> = {}): OptimizerChoice => chosen("optimizer", fistaSolver, options);
