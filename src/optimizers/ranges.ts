import type { Ranges } from "../core/index.ts";
import { type FloatParameter, float, logFloat } from "../space/index.ts";

/** A range of values that make sense. */
type Range = Ranges[string];

/** One order of magnitude on either side of the rate that suits an optimizer. */
export const ratesAround = (usual: number): FloatParameter =>
  // Without the rounding of the last digit: 0.003 / 10 is 0.00030000000000000003.
  logFloat(Number((usual / 10).toPrecision(9)), Number((usual * 10).toPrecision(9)));
/** Velocities of two to a hundred gradients. */
export const momentumSpace: FloatParameter = float(0.5, 0.99);
/** What is kept of a running sum or mean: all of it would be never to learn anything new. */
export const share: Range = [0, 1];
/** Zero or more. */
export const nonNegative: Range = [0, Number.POSITIVE_INFINITY];
/** A denominator's ε. Never 0, nor what float32 takes for 0: a weight whose gradient is 0 would become 0/0. */
export const epsilonRange: Range = [1e-20, Number.POSITIVE_INFINITY];
