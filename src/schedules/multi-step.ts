import { frozen } from "../core/index.ts";
import { logFloat } from "../space/index.ts";
import { type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface MultiStepOptions {
  /** The epochs after which the rate falls. */
  readonly milestones: readonly number[];
  /** γ: what it is multiplied by. */
  readonly gamma: number;
}

/**
 * A staircase whose edges are named: γ^(milestones that are behind). He et al. 2016 trained their residual networks so.
 * PyTorch's MultiStepLR.
 */
export const multiStepSchedule = frozen<Schedule<MultiStepOptions>>({
  name: "multi-step",
  summary: "times gamma after each milestone, in epochs",
  // About half and three quarters of a run of ten epochs, as in the paper.
  defaults: { milestones: [5, 8], gamma: 0.1 },
  ranges: { gamma: [0, 1] },
  space: { gamma: logFloat(0.03, 0.5) },
  searchFirst: [],
  factor: ({ milestones, gamma }, { epoch }) => gamma ** milestones.filter((milestone) => milestone <= epoch).length,
});

/** From `rate`, times `gamma` after each of the `milestones`. */
export const multiStepDecay = (rate?: number, options: Partial<MultiStepOptions> = {}): ScheduleChoice =>
  scheduled(multiStepSchedule, rate, options);
