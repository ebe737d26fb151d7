import { frozen } from "../core/index.ts";
import type { Oracle, Solution, Threshold, Watch } from "./oracle.ts";
import { isSmooth, type Limits, type Solver } from "./solver.ts";
import { dot, plus } from "./vector.ts";

/**
 * Proximal gradient with momentum, for f(w) + Σ_k t_k |w_k|: a gradient step on f, then every weight moves towards 0 by its
 * threshold and stays there when it arrives, so l1 gives exact zeros. FISTA (Beck and Teboulle 2009) with backtracking,
 * where the step may grow again, and with a restart of the momentum when it points uphill (O'Donoghue and Candès 2015).
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
  let stepSize = 1;
  let value = at.value + penalty(w, threshold);
  let optimality = subgradient(w, at.gradient, threshold);
  const tolerance = options.tolerance * optimality;
  for (let iteration = 0; ; iteration++) {
    const progress = { iteration, value, optimality, tolerance };
    const end = (converged: boolean): Solution => ({ ...progress, w, measure: "subgradient norm", converged });
    if (optimality <= tolerance) return end(true);
    if (watch?.(progress) || iteration >= options.iterations) return end(false);
    const here = at;
    let next = w;
    let after = at;
    // f lies below its quadratic model for every step up to 1/L; the model is tried with longer ones first.
    for (stepSize *= 1.1; ; stepSize /= 2) {
      next = shrunk(plus(ahead, -stepSize, here.gradient), stepSize, threshold);
      after = await oracle.evaluate(next);
      const move = plus(next, -1, ahead);
      const model = here.value + dot(here.gradient, move) + dot(move, move) / (2 * stepSize);
      if (after.value <= model + 1e-14 * Math.abs(model) || stepSize < 1e-18) break;
    }
    value = after.value + penalty(next, threshold);
    optimality = subgradient(next, after.gradient, threshold);
    const uphill = dot(plus(ahead, -1, next), plus(next, -1, w)) > 0;
    const grown = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const weight = uphill ? 0 : (momentum - 1) / grown;
    ahead = weight === 0 ? next : plus(next, weight, plus(next, -1, w));
    at = weight === 0 || optimality <= tolerance ? after : await oracle.evaluate(ahead);
    momentum = grown;
    w = next;
  }
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
