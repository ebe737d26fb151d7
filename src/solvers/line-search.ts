import type { Oracle, Point } from "./oracle.ts";
import { dot, plus } from "./vector.ts";

/** Sufficient decrease, and how much of the slope may be left: the usual constants for quasi-Newton directions. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const TRIALS = 30;
/** Values that differ by less than this share of themselves are told apart by rounding, not by f. */
const ROUNDING = 1e-13;

export interface Step {
  readonly w: Float64Array;
  readonly point: Point;
  readonly length: number;
}

/** Points at the floor of rounding before a solver gives up: the gradient there goes up and down by chance. */
const PATIENCE = 50;

/** Tells, point by point, when rounding has ended all progress: neither the value nor the size of the gradient falls. */
export function roundingEnds(): (point: Point, optimality: number) => boolean {
  let [value, least, idle] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  return (point, optimality) => {
    idle = point.value < value - ROUNDING * Math.abs(value) || optimality < least ? 0 : idle + 1;
    value = Math.min(value, point.value);
    least = Math.min(least, optimality);
    return idle >= PATIENCE;
  };
}

/** One trial: the step length with the value and the slope along the direction that it leads to. */
interface Trial extends Step {
  readonly value: number;
  readonly slope: number;
}

/**
 * A step along a direction of descent that satisfies the strong Wolfe conditions: enough decrease, and a slope that is
 * nearly flat, so that quasi-Newton updates stay positive definite. Nocedal and Wright 2006, algorithms 3.5 (bracketing)
 * and 3.6 (zoom), with the cubic interpolation of their equation 3.59.
 *
 * Near the optimum the decrease drowns in the rounding of f long before the slope does: f is flat to second order, so a
 * gradient of 1e-8 is where comparing values ends. There the slopes decide alone, by what the conditions say of them on a
 * parabola (the approximate Wolfe conditions of Hager and Zhang 2005).
 *
 * When 30 trials do not suffice, the best of those that decreased f enough; a quasi-Newton method leaves out its pair.
 *
 * @returns undefined when no such step is found: the direction is none of descent, or rounding hides any progress
 */
export async function strongWolfe(
  oracle: Oracle,
  w: Float64Array,
  from: Point,
  direction: Float64Array,
  first: number,
): Promise<Step | undefined> {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  const start: Trial = { w, point: from, length: 0, value: from.value, slope };
  let trials = 0;
  const at = async (length: number): Promise<Trial> => {
    trials++;
    const next = plus(w, length, direction);
    const point = await oracle.evaluate(next);
    return { w: next, point, length, value: point.value, slope: dot(point.gradient, direction) };
  };
  const alike = (trial: Trial) => Math.abs(trial.value - from.value) <= ROUNDING * Math.abs(from.value);
  const enough = (trial: Trial) =>
    trial.value <= from.value + DECREASE * trial.length * slope ||
    (alike(trial) && trial.slope <= (2 * DECREASE - 1) * slope);
  const noBetter = (trial: Trial, before: Trial) => trial.value >= before.value && !alike(trial);
  const flat = (trial: Trial) => Math.abs(trial.slope) <= -CURVATURE * slope;

  /** Narrows an interval whose end `low` is the best so far, until a step in it will do. */
  const zoom = async (low: Trial, high: Trial): Promise<Step | undefined> => {
    while (trials < TRIALS && Math.abs(high.length - low.length) > 1e-16 * Math.max(low.length, high.length)) {
      const trial = await at(between(low, high));
      if (!enough(trial) || noBetter(trial, low)) high = trial;
      else {
        if (flat(trial)) return trial;
        if (trial.slope * (high.length - low.length) >= 0) high = low;
        low = trial;
      }
    }
    return low.length > 0 && enough(low) ? low : undefined;
  };

  let before = start;
  let length = first;
  while (trials < TRIALS) {
    const trial = await at(length);
    if (!enough(trial) || (before !== start && noBetter(trial, before))) return await zoom(before, trial);
    if (flat(trial)) return trial;
    if (trial.slope >= 0) return await zoom(trial, before);
    before = trial;
    length *= 2;
  }
  return enough(before) ? before : undefined;
}

/** The minimum of the cubic through two values and slopes, kept a tenth away from the ends. */
function between(low: Trial, high: Trial): number {
  const width = high.length - low.length;
  const d1 = low.slope + high.slope - (3 * (high.value - low.value)) / width;
  const root = d1 * d1 - low.slope * high.slope;
  const d2 = Math.sign(width) * Math.sqrt(root);
  const share = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
  // A value that is no number (an overflow at the far end) or a flat cubic leaves the middle.
  const safe = root >= 0 && Number.isFinite(share) ? Math.min(0.9, Math.max(0.1, share)) : 0.5;
  return low.length + safe * width;
}
