import { frozen } from "../core/index.ts";
import { float, int } from "../space/index.ts";
import { type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface StepOptions {
  /** After how many epochs the rate falls, again and again. */
  readonly every: number;
  /** γ: what it is multiplied by. */
  readonly gamma: number;
}

/** A staircase of equal treads: γ^⌊epoch / every⌋. PyTorch's StepLR. */
export const stepSchedule = frozen<Schedule<StepOptions>>({
  name: "step",
  summary: "times gamma after every so many epochs",
  defaults: { every: 3, gamma: 0.5 },
  ranges: { every: [1, Number.POSITIVE_INFINITY], gamma: [0, 1] },
  space: { every: int(1, 10), gamma: float(0.1, 0.9) },
  searchFirst: [],
  factor: ({ every, gamma }, { epoch }) => gamma ** Math.floor(epoch / every),
});

/** From `rate`, times `gamma` after every `every` epochs. */
export const stepDecay = (rate?: number, options: Partial<StepOptions> = {}): ScheduleChoice =>
  scheduled(stepSchedule, rate, options);
