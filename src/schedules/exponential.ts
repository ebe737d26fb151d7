import { frozen } from "../core/index.ts";
import { float } from "../space/index.ts";
import { type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface ExponentialOptions {
  /** γ: what one epoch multiplies the rate by. */
  readonly gamma: number;
}

/**
 * γ^epoch: the rate falls by the same share in every epoch, whatever the length of the run.
 * Differs: PyTorch's ExponentialLR stays level within an epoch; here it falls with every step.
 */
export const exponentialSchedule = frozen<Schedule<ExponentialOptions>>({
  name: "exponential",
  summary: "times gamma per epoch, a little with every step",
  defaults: { gamma: 0.8 },
  ranges: { gamma: [0, 1] },
  space: { gamma: float(0.5, 0.98) },
  searchFirst: [],
  factor: ({ gamma }, { epoch }) => gamma ** epoch,
});

/** From `rate`, times `gamma` per epoch. */
export const exponentialDecay = (rate?: number, options: Partial<ExponentialOptions> = {}): ScheduleChoice =>
  scheduled(exponentialSchedule, rate, options);
