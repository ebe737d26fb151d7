import { dot } from "./factor.ts";

/** Pairs of step and change of gradient that are remembered. */
const MEMORY = 8;
/** Share of the decrease along the gradient that a step must bring (Armijo 1966). */
const SUFFICIENT = 1e-4;
const BACKTRACKS = 20;

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
}

/**
 * Projected L-BFGS in a box: the direction of Nocedal and Wright (Numerical Optimization, 2006, algorithm 7.4) over the coordinates that
 * are not held by a bound, and a backtracking search along its projection into the box (Bertsekas 1982).
 * @param of writes the gradient and returns the value
 * @param tolerance for the greatest entry of the gradient that a bound does not hold
 * @param gain a step that brings less is the last
 */
export function minimize(
  of: (x: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  { iterations, tolerance, gain }: { readonly iterations: number; readonly tolerance: number; readonly gain: number },
): Minimum {
  const n = start.length;
  let x = start.map((value, i) => Math.min(upper[i], Math.max(lower[i], value)));
  let gradient = new Float64Array(n);
  let value = of(x, gradient);
  let [next, nextGradient] = [new Float64Array(n), new Float64Array(n)];
  const pairs: Pair[] = [];
  const direction = new Float64Array(n);
  for (let iteration = 0; iteration < iterations; iteration++) {
    let steepest = 0;
    for (let i = 0; i < n; i++) {
      const held = (x[i] <= lower[i] && gradient[i] > 0) || (x[i] >= upper[i] && gradient[i] < 0);
      direction[i] = held ? 0 : -gradient[i];
      steepest = Math.max(steepest, Math.abs(direction[i]));
    }
    if (!(steepest > tolerance)) break;
    const free = direction.map((entry) => (entry === 0 ? 0 : 1));
    bend(direction, pairs);
    for (let i = 0; i < n; i++) direction[i] *= free[i];
    if (!(dot(direction, 0, gradient, 0, n) < 0)) {
      pairs.length = 0;
      for (let i = 0; i < n; i++) direction[i] = -gradient[i] * free[i];
    }
    let step = pairs.length === 0 ? Math.min(1, 1 / steepest) : 1;
    let found = false;
    let nextValue = value;
    for (let k = 0; k < BACKTRACKS && !found; k++) {
      let slope = 0;
      for (let i = 0; i < n; i++) {
        next[i] = Math.min(upper[i], Math.max(lower[i], x[i] + step * direction[i]));
        slope += gradient[i] * (next[i] - x[i]);
      }
      nextValue = of(next, nextGradient);
      found = nextValue <= value + SUFFICIENT * slope;
      // The least point of the parabola through both values and the slope.
      const least = (-0.5 * slope) / (nextValue - value - slope);
      if (!found) step *= Math.min(0.5, Math.max(0.1, Number.isFinite(least) ? least : 0.1));
    }
    if (!found) break;
    remember(pairs, x, next, gradient, nextGradient);
    const gained = value - nextValue;
    [x, next] = [next, x];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = nextValue;
    if (gained < gain) break;
  }
  return { x, value };
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

function remember(
  pairs: Pair[],
  x: Float64Array,
  next: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const n = x.length;
  const step = next.map((entry, i) => entry - x[i]);
  const change = nextGradient.map((entry, i) => entry - gradient[i]);
  const curvature = dot(step, 0, change, 0, n);
  if (!(curvature > 1e-10 * Math.sqrt(dot(step, 0, step, 0, n) * dot(change, 0, change, 0, n)))) return;
  pairs.push({ step, change, curvature });
  if (pairs.length > MEMORY) pairs.shift();
}

/** The two loops: the inverse Hessian that the pairs speak of, times the direction, in place. */
function bend(direction: Float64Array, pairs: readonly Pair[]): void {
  const n = direction.length;
  if (pairs.length === 0) return;
  const shares = pairs.map(() => 0);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { step, change, curvature } = pairs[p];
    shares[p] = dot(step, 0, direction, 0, n) / curvature;
    for (let i = 0; i < n; i++) direction[i] -= shares[p] * change[i];
  }
  const { change, curvature } = pairs[pairs.length - 1];
  const scale = curvature / dot(change, 0, change, 0, n);
  for (let i = 0; i < n; i++) direction[i] *= scale;
  for (let p = 0; p < pairs.length; p++) {
    const { step, change, curvature } = pairs[p];
    const share = dot(change, 0, direction, 0, n) / curvature;
    for (let i = 0; i < n; i++) direction[i] += (shares[p] - share) * step[i];
  }
}
