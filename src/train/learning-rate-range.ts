import type { LearningRateRange, RangePoint } from "./events.ts";
import { orderOf } from "./order-of.ts";
import type { Plan } from "./plan.ts";
import type { StepScalars } from "./step-scalars.ts";
import type { Stepper } from "./stepper.ts";

/** The rates of a test, evenly in their logarithm: from where nothing moves to where nearly everything flies apart. */
const FROM = 1e-7;
const TO = 10;
/** An epoch's worth of steps, but enough to see the curve and no more than it takes to see it. */
const STEPS = [100, 200] as const;
/** Share of the smoothed loss that is kept in a step. */
const KEPT = 0.9;
/** Times the best smoothed loss that count as diverged. */
const DIVERGED = 4;

const stepsOf = (stepsPerEpoch: number): number => Math.min(STEPS[1], Math.max(STEPS[0], stepsPerEpoch));

/**
 * The range test of Smith 2017, "Cyclical learning rates for training neural networks", section 3.3: one step after the other
 * from the initial weights while the rate rises exponentially, until the loss diverges. Afterwards the state is to the last
 * bit what it was.
 * @param report told of each step: its number from 1, of how many, and the curve's last point
 * @returns undefined when it was told to stop
 */
export async function findRange(
  plan: Plan,
  stepper: Stepper,
  scalars: StepScalars,
  report: (step: number, steps: number, point: RangePoint) => void,
  stop: () => boolean,
): Promise<LearningRateRange | undefined> {
  const steps = stepsOf(stepper.stepsPerEpoch);
  const before = await stepper.state.snapshot();
  const curve: RangePoint[] = [];
  let divergedAt: number | null = null;
  let total = 0;
  let best = Number.POSITIVE_INFINITY;
  try {
    for (let i = 0; i < steps && divergedAt === null; i++) {
      const learningRate = FROM * (TO / FROM) ** (i / (steps - 1));
      const epoch = Math.floor(i / stepper.stepsPerEpoch);
      const order = orderOf(plan, epoch + 1);
      scalars.set(learningRate, i + 1);
      const result = await stepper.step(order, i - epoch * stepper.stepsPerEpoch, i + 1, stop);
      if (result === undefined || stop()) return undefined;
      const { loss } = result;
      total = KEPT * total + (1 - KEPT) * loss;
      // The average begins at 0, which the divisor takes back out.
      const smoothed = total / (1 - KEPT ** (i + 1));
      if (!Number.isFinite(smoothed)) {
        divergedAt = learningRate;
        break;
      }
      best = Math.min(best, smoothed);
      if (smoothed > DIVERGED * best) divergedAt = learningRate;
      curve.push({ learningRate, loss, smoothed });
      report(i + 1, steps, curve.at(-1)!);
    }
  } finally {
    stepper.state.restore(before);
  }
  return { curve, suggestion: steepest(curve), divergedAt };
}

/** Points on either side that a slope is fitted through, and that the ends are short of. */
const REACH = 5;

/** Deviations of the smoothed loss that chance alone does not explain. */
const CHANCE = 3;
/** The share of the loss that it has to fall by: near zero scores all batches cost the same, and rounding would count. */
const NOTHING = 1e-3;

/**
 * Whether the smoothed loss ever falls by more than the noise of the batches: below the mean of the first losses by three of
 * its own standard deviations, and by a thousandth. The noise is judged by how much neighbouring losses differ, which a slow trend does not change.
 */
function falls(curve: readonly RangePoint[]): boolean {
  const first = curve.slice(0, 2 * REACH);
  const level = first.reduce((total, { loss }) => total + loss, 0) / first.length;
  const jumps = curve.slice(1, 4 * REACH).map(({ loss }, i) => (loss - curve[i]!.loss) ** 2);
  const variance = jumps.reduce((total, square) => total + square, 0) / (2 * jumps.length);
  const deviation = Math.sqrt((variance * (1 - KEPT)) / (1 + KEPT));
  return Math.min(...curve.map(({ smoothed }) => smoothed)) < level - Math.max(CHANCE * deviation, NOTHING * level);
}

/**
 * The rate at which the smoothed loss falls most steeply in the logarithm of the rate, before its minimum; null where it does
 * not fall. The slope is that of the line through the neighbours, so that one lucky batch does not decide.
 */
export function steepest(curve: readonly RangePoint[]): number | null {
  if (curve.length < 2 || !falls(curve)) return null;
  const lowest = curve.reduce((at, { smoothed }, i) => (smoothed < curve[at]!.smoothed ? i : at), 0);
  let found: number | null = null;
  let slope = 0;
  for (let i = REACH; i <= lowest; i++) {
    const around = curve.slice(Math.max(0, i - REACH), i + REACH + 1);
    const own = slopeOf(around.map(({ learningRate, smoothed }) => [Math.log(learningRate), smoothed]));
    if (own < slope) [found, slope] = [curve[i]!.learningRate, own];
  }
  return found;
}

/** Of the line of least squares through (x, y). */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (axis: 0 | 1) => points.reduce((total, point) => total + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const product = points.reduce((total, point) => total + (point[0] - x) * (point[1] - y), 0);
  return product / points.reduce((total, point) => total + (point[0] - x) ** 2, 0);
}
