import { constantSchedule } from "./constant.ts";
import { cosineSchedule } from "./cosine.ts";
import { exponentialSchedule } from "./exponential.ts";
import { linearSchedule } from "./linear.ts";
import { multiStepSchedule } from "./multi-step.ts";
import { oneCycleSchedule } from "./one-cycle.ts";
import { plateauSchedule } from "./plateau.ts";
import { polynomialSchedule } from "./polynomial.ts";
import type { Schedule } from "./schedule.ts";
import { stepSchedule } from "./step.ts";
import { warmRestartsSchedule } from "./warm-restarts.ts";

export { constantRate } from "./constant.ts";
export { type CosineOptions, cosine } from "./cosine.ts";
export { type ExponentialOptions, exponentialDecay } from "./exponential.ts";
export { type LinearOptions, linearDecay } from "./linear.ts";
export { type MultiStepOptions, multiStepDecay } from "./multi-step.ts";
export { type OneCycleOptions, oneCycle } from "./one-cycle.ts";
export { type PlateauOptions, reduceOnPlateau } from "./plateau.ts";
export { type PolynomialOptions, polynomialDecay } from "./polynomial.ts";
export { progressOf, type Schedule, type ScheduleChoice, type Time } from "./schedule.ts";
export { type StepOptions, stepDecay } from "./step.ts";
export { type WarmRestartsOptions, warmRestarts } from "./warm-restarts.ts";
export { type WarmUp, warmedUp, warmUp } from "./warm-up.ts";

const catalogue = Object.freeze({
  constant: constantSchedule,
  cosine: cosineSchedule,
  step: stepSchedule,
  "multi-step": multiStepSchedule,
  exponential: exponentialSchedule,
  polynomial: polynomialSchedule,
  linear: linearSchedule,
  "warm-restarts": warmRestartsSchedule,
  "one-cycle": oneCycleSchedule,
  plateau: plateauSchedule,
});
export type ScheduleName = keyof typeof catalogue;
/** Every schedule, by name. */
export const schedules: Readonly<Record<ScheduleName, Schedule>> = catalogue;
