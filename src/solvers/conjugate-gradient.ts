import { chosen, frozen } from "../core/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import { roundingEnds, strongWolfe } from "./line-search.ts";
import type { Oracle, Point, Solution, Watch } from "./oracle.ts";
import { isSmooth, type Limits, type Solver } from "./solver.ts";
import { addTo, dot, norm, plus, scale } from "./vector.ts";

/**
 * Conjugate gradients. On a quadratic function: the linear method (Hestenes and Stiefel 1952), which ends in at most as
 * many steps as there are different eigenvalues. On any other: Newton's method, whose system ∇²f d = −∇f is solved by
 * conjugate gradients only as well as the distance from the optimum deserves (truncated Newton: Dembo and Steihaug 1983;
 * Nocedal and Wright 2006, algorithm 7.1), with products of the Hessian and a vector from the oracle.
 * Stops when ‖∇f‖ has fallen to `tolerance` times its first value. An iteration is one product with the Hessian.
 */
export async function minimizeByConjugateGradients(
  oracle: Oracle,
  start: Float64Array,
  options: Limits,
  watch?: Watch,
): Promise<Solution> {
  let w = start;
  let point = await oracle.evaluate(w);
  const size = norm(point.gradient);
  const tolerance = options.tolerance * size;
  const ended = roundingEnds();
  let iteration = 0;
  let stopped = false;
  for (;;) {
    const optimality = norm(point.gradient);
    const end = (converged: boolean): Solution => ({
      ...{ iteration, value: point.value, optimality, tolerance },
      ...{ w, measure: "gradient norm", converged },
    });
    if (optimality <= tolerance) return end(true);
    if (stopped || iteration >= options.iterations || ended(point, optimality)) return end(false);
    // Half of the tolerance leaves room for rounding; a system solved better than that would be work for nothing.
    const share = oracle.quadratic ? 0 : Math.min(0.5, Math.sqrt(optimality / size));
    const wanted = Math.max(0.5 * tolerance, share * optimality);
    const inner = (residual: number): boolean => {
      iteration++;
      stopped ||=
        watch?.({ iteration, value: point.value, optimality: oracle.quadratic ? residual : optimality, tolerance }) ===
        true;
      return stopped || iteration >= options.iterations;
    };
    const direction = await newtonDirection(oracle, w, point, wanted, inner);
    const step = await strongWolfe(oracle, w, point, direction, 1);
    // No step: rounding hides any further progress.
    if (step === undefined) return end(false);
    w = step.w;
    point = step.point;
  }
}

/** d with ∇²f d ≈ −∇f, until the residual is `wanted` or `counted` says to stop; a direction of descent in any case. */
async function newtonDirection(
  oracle: Oracle,
  w: Float64Array,
  { gradient }: Point,
  wanted: number,
  counted: (residual: number) => boolean,
): Promise<Float64Array> {
  const precondition = (v: Float64Array) => oracle.precondition?.(v) ?? Float64Array.from(v);
  const d = new Float64Array(gradient.length);
  let steepest = 0;
  const r = Float64Array.from(gradient);
  scale(r, -1);
  let z = precondition(r);
  let p: Float64Array = Float64Array.from(z);
  let rz = dot(r, z);
  for (let first = true; ; first = false) {
    const hp = await oracle.hessianVector(w, p);
    const curvature = dot(p, hp);
    const square = dot(p, p);
    steepest = Math.max(steepest, curvature / square);
    // A direction without curvature (the scores have one: a constant added to all) is where the model ends. Beside the
    // steepest one so far, what is left of it is rounding.
    if (!(curvature > 1e-14 * steepest * square)) {
      counted(norm(r));
      return first ? p : d;
    }
    const alpha = rz / curvature;
    addTo(d, alpha, p);
    addTo(r, -alpha, hp);
    const residual = norm(r);
    if (counted(residual) || residual <= wanted) return d;
    z = precondition(r);
    const next = dot(r, z);
    p = plus(z, next / rz, p);
    rz = next;
  }
}

/** Linear conjugate gradients, or Newton's method with them. */
export const conjugateGradientSolver = frozen<Solver>({
  name: "conjugate-gradient",
  summary: "conjugate gradients for least squares, Newton's method else",
  defaults: { tolerance: 1e-4, iterations: 1000 },
  ranges: { tolerance: [0, 1], iterations: [1, Number.POSITIVE_INFINITY] },
  suits: isSmooth,
  usual: "cross-entropy",
  solve: async (problem, options, watch) =>
    await minimizeByConjugateGradients(await problem.preconditioned(), problem.start, options, watch),
});

/** Conjugate gradients. */
export const conjugateGradient = (options: Partial<Limits> = {}): OptimizerChoice =>
  chosen("optimizer", conjugateGradientSolver, options);
