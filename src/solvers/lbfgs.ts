import { chosen, frozen } from "../core/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import { roundingEnds, strongWolfe } from "./line-search.ts";
import type { Oracle, Point, Solution, Watch } from "./oracle.ts";
import { isSmooth, type Limits, type Solver } from "./solver.ts";
import { addTo, dot, norm, plus, scale } from "./vector.ts";

export interface LbfgsOptions extends Limits {
  /** Pairs of steps and changes of the gradient that are remembered. */
  readonly memory: number;
}

/** One remembered pair: step s, change of the gradient y, 1 / sᵀy. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/**
 * Limited-memory BFGS: builds the inverse Hessian from the last steps and changes of the gradient, starting from M⁻¹ of the
 * oracle where there is one, scaled to the last pair. Liu and Nocedal 1989; Nocedal and Wright 2006, algorithms 7.4, 7.5.
 * Stops when ‖∇f‖ has fallen to `tolerance` times its first value.
 */
export async function minimizeLbfgs(
  oracle: Oracle,
  start: Float64Array,
  options: LbfgsOptions,
  watch?: Watch,
): Promise<Solution> {
  let w = start;
  let point = await oracle.evaluate(w);
  const tolerance = options.tolerance * norm(point.gradient);
  const pairs: Pair[] = [];
  const ended = roundingEnds();
  for (let iteration = 0; ; iteration++) {
    const optimality = norm(point.gradient);
    const progress = { iteration, value: point.value, optimality, tolerance };
    const end = (converged: boolean): Solution => ({ ...progress, w, measure: "gradient norm", converged });
    if (optimality <= tolerance) return end(true);
    if (watch?.(progress) || iteration >= options.iterations || ended(point, optimality)) return end(false);
    const direction = descent(point, pairs, oracle);
    // Nothing is known of the scale of f yet: the first step moves w by 1, whatever the units of f.
    const first = pairs.length > 0 || oracle.precondition ? 1 : 1 / optimality;
    const step = await strongWolfe(oracle, w, point, direction, first);
    if (step === undefined) {
      if (pairs.length === 0) return end(false);
      // Rounding has spoilt the memory; the plain direction may still lead on.
      pairs.length = 0;
      continue;
    }
    remember(pairs, plus(step.w, -1, w), plus(step.point.gradient, -1, point.gradient), options.memory);
    w = step.w;
    point = step.point;
  }
}

function remember(pairs: Pair[], s: Float64Array, y: Float64Array, memory: number): void {
  const product = dot(s, y);
  if (!(product > 1e-16 * norm(s) * norm(y))) return;
  pairs.push({ s, y, rho: 1 / product });
  if (pairs.length > memory) pairs.shift();
}

/** −H ∇f by the two-loop recursion. */
function descent({ gradient }: Point, pairs: readonly Pair[], oracle: Oracle): Float64Array {
  const precondition = (v: Float64Array) => oracle.precondition?.(v) ?? Float64Array.from(v);
  const q = Float64Array.from(gradient);
  const alphas = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i];
    alphas[i] = rho * dot(s, q);
    addTo(q, -alphas[i], y);
  }
  const r = precondition(q);
  const last = pairs.at(-1);
  if (last !== undefined) scale(r, 1 / (last.rho * dot(last.y, precondition(last.y))));
  pairs.forEach(({ s, y, rho }, i) => {
    addTo(r, alphas[i] - rho * dot(y, r), s);
  });
  scale(r, -1);
  return r;
}

/** Limited-memory BFGS. */
export const lbfgsSolver = frozen<Solver<LbfgsOptions>>({
  name: "lbfgs",
  summary: "quasi-Newton steps for any smooth convex loss",
  defaults: { tolerance: 1e-4, iterations: 1000, memory: 10 },
  ranges: { tolerance: [0, 1], iterations: [1, Number.POSITIVE_INFINITY], memory: [1, Number.POSITIVE_INFINITY] },
  suits: isSmooth,
  usual: "cross-entropy",
  solve: async (problem, options, watch) =>
    await minimizeLbfgs(await problem.preconditioned(), problem.start, options, watch),
});

/** Limited-memory BFGS. */
export const lbfgs = (options: Partial<LbfgsOptions> = {}): OptimizerChoice =>
  chosen("optimizer", lbfgsSolver, options);
