/** Loss and accuracy over some pictures; `loss` is the chosen loss without penalties. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
}

/** How one epoch ended. */
export interface EpochEnd {
  readonly trainLoss: number;
  readonly validation: Evaluation | null;
}

/**
 * Where a run of steps stands, beside its state. Together with the plan that is all: the order of the pictures, what
 * augmentation does to them, what dropout leaves out and what a schedule says are pure functions of the seed and of these
 * numbers. Plain data; float64 numbers survive JSON to the last bit.
 */
export interface Standing {
  /** The epoch in hand, from 1. */
  readonly epoch: number;
  /** Steps that are done, of the whole run. */
  readonly step: number;
  /** Of the epoch in hand: Σ of the steps' losses, each times its weight, and Σ of the weights. */
  readonly total: number;
  readonly seen: number;
  /** Whether the validation pictures have been looked at since the last of these steps, or there was none. */
  readonly looked: boolean;
  /** Seconds of training so far, validation counted in. */
  readonly seconds: number;
}

/** A schedule's position that was resolved by the clock: from `step` on, so many seconds are spent. */
export interface Position {
  readonly step: number;
  readonly seconds: number;
}

/** Where an interrupted run goes on from. */
export interface Continuation {
  readonly standing: Standing;
  /** The epochs that have ended, in order. */
  readonly ended: readonly EpochEnd[];
  /** What a run on a budget of time has resolved, those behind the standing too: they are repeated. */
  readonly positions: readonly Position[];
}

/** Where every run begins. */
export const beginning: Standing = Object.freeze({ epoch: 1, step: 0, total: 0, seen: 0, looked: true, seconds: 0 });

/**
 * Whether an epoch is better than the best before it: by validation accuracy; of equals, by the lower loss. Without
 * validation pictures the later epoch is the better one.
 */
export function isBetter({ validation }: EpochEnd, best: EpochEnd | undefined): boolean {
  if (best?.validation == null || validation === null) return true;
  const { accuracy, loss } = best.validation;
  return validation.accuracy > accuracy || (validation.accuracy === accuracy && validation.loss < loss);
}

/** Epochs that have ended since the best one; 0 when the last is the best. */
export function epochsSinceBest(ended: readonly EpochEnd[]): number {
  let best: EpochEnd | undefined;
  let since = 0;
  for (const one of ended) {
    if (isBetter(one, best)) [best, since] = [one, 0];
    else since++;
  }
  return since;
}
