import { chosen, frozen, Random } from "../core/index.ts";
import type { OptimizerChoice } from "../optimizers/index.ts";
import { type Dual, duals } from "./duals.ts";
import type { Rows, Solution, Watch } from "./oracle.ts";
import type { Limits, Solver } from "./solver.ts";

/** Passes over the rows in hand between two looks at all rows. */
const PASSES = 20;
/** A row whose violation is below this share of the largest one waits for the next look. */
const WAITS = 0.01;

/**
 * Dual coordinate descent: the exact minimum over the α of one row, then the next, in random order; no learning rate. A look
 * at the scores of all rows gives the primal and the dual objective, whose gap bounds the distance from the optimum, and says
 * which rows are worth visiting; the others wait until the next look (a form of shrinking that needs no heuristics to come
 * back, since every look is exact). Keerthi et al. 2008; Hsieh et al. 2008. An iteration is one look with its passes.
 * Stops when gap ≤ `tolerance` · primal objective. The answer is the best primal point that was looked at.
 *
 * @param seed decides the order of the visits
 */
export async function ascendDual(
  rows: Rows,
  labels: Int32Array,
  costs: Float64Array,
  dual: Dual,
  options: Limits,
  seed: number,
  watch?: Watch,
): Promise<Solution> {
  const scores = new Float64Array(rows.classes);
  const violations = new Float64Array(rows.count);
  const inHand = new Int32Array(rows.count);
  let best: { value: number; w: Float64Array } = { value: Number.POSITIVE_INFINITY, w: new Float64Array(0) };
  for (let iteration = 0; ; iteration++) {
    const w = rows.weights();
    const all = await rows.allScores();
    const half = 0.5 * w.reduce((total, value) => total + value * value, 0);
    let losses = 0;
    let worst = 0;
    for (let row = 0; row < rows.count; row++) {
      losses += costs[row] * dual.loss(labels[row], all, row * rows.classes);
      violations[row] = dual.violation(row, labels[row], all, row * rows.classes);
      worst = Math.max(worst, violations[row]);
    }
    if (half + losses < best.value) best = { value: half + losses, w };
    // Rounding may put the dual above the primal objective; where both are 0, so is the gap.
    const gap = best.value - (dual.linear() - half);
    const optimality = gap <= 0 ? 0 : gap / best.value;
    const progress = { iteration, value: best.value, optimality, tolerance: options.tolerance };
    const end = (converged: boolean): Solution => ({
      ...progress,
      w: best.w,
      measure: "relative duality gap",
      converged,
    });
    if (optimality <= options.tolerance) return end(true);
    if (watch?.(progress) || iteration >= options.iterations) return end(false);

    const waits = WAITS * Math.min(1, worst);
    let active = 0;
    for (let row = 0; row < rows.count; row++) if (violations[row] > waits * 0.1) inHand[active++] = row;
    // No row can be improved: rounding is what is left of the gap.
    if (active === 0) return end(false);
    const random = new Random(seed, "dual coordinates", iteration);
    // The first pass starts from nothing, and most of what it does is soon outdated.
    const passes = iteration === 0 ? 1 : PASSES;
    for (let pass = 0; pass < passes && active > 0; pass++) {
      random.shuffle(inHand.subarray(0, active));
      for (let at = 0; at < active; ) {
        const row = inHand[at];
        rows.scores(row, scores);
        const violation = dual.violation(row, labels[row], scores, 0);
        if (violation > 0) {
          const changed = dual.improve(row, labels[row], scores);
          rows.add(row, dual.classes, dual.changes, changed);
        }
        if (violation < waits) {
          active--;
          inHand[at] = inHand[active];
          inHand[active] = row;
        } else at++;
      }
    }
  }
}

/** Dual coordinate descent for the support-vector losses. */
export const dualCoordinateSolver = frozen<Solver>({
  name: "dual-coordinate",
  summary: "support-vector machines by their dual, one picture at a time",
  defaults: { tolerance: 1e-3, iterations: 1000 },
  ranges: { tolerance: [0, 1], iterations: [1, Number.POSITIVE_INFINITY] },
  suits: ({ name }) => Object.hasOwn(duals, name),
  usual: "crammer-singer",
  needsL2: true,
  solve: async (problem, options, watch) => {
    const { rows, labels, costs, dual, scale } = await problem.rows();
    const scaled: Watch = (progress) => watch({ ...progress, value: scale * progress.value });
    const solution = await ascendDual(rows, labels, costs, dual, options, problem.seed, scaled);
    return { ...solution, value: scale * solution.value };
  },
});

/** Support-vector machines by their dual. */
export const dualCoordinate = (options: Partial<Limits> = {}): OptimizerChoice =>
  chosen("optimizer", dualCoordinateSolver, options);
