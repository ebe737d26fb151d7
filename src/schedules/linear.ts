import { frozen } from "../core/index.ts";
import { float } from "../space/index.ts";
import { progressOf, type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface LinearOptions {
  /** The factor at the start. */
  readonly initial: number;
  /** The factor at the end. */
  readonly final: number;
}

/** A straight line over the run, from `initial` to `final`. PyTorch's LinearLR with total_iters = the whole run. */
export const linearSchedule = frozen<Schedule<LinearOptions>>({
  name: "linear",
  summary: "a straight line from initial to final times the rate",
  defaults: { initial: 1, final: 0 },
  ranges: { initial: [0, Number.POSITIVE_INFINITY], final: [0, Number.POSITIVE_INFINITY] },
  space: { final: float(0, 0.1) },
  searchFirst: [],
  factor: ({ initial, final }, time) => initial + (final - initial) * progressOf(time),
});

/** From `initial` to `final` times `rate` along a straight line. */
export const linearDecay = (rate?: number, options: Partial<LinearOptions> = {}): ScheduleChoice =>
  scheduled(linearSchedule, rate, options);
