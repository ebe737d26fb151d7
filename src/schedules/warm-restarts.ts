import { frozen } from "../core/index.ts";
import { choice, float, int } from "../space/index.ts";
import { halfCosine, type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface WarmRestartsOptions {
  /** Epochs of the first cosine. */
  readonly period: number;
  /** How many times as long as the one before each later cosine is. */
  readonly multiplier: number;
  /** The factor at the end of each. */
  readonly final: number;
}

/**
 * Half cosines one after the other, each from 1 to `final`: every restart leaves the valley to look for a better one. Loshchilov
 * and Hutter 2017, "SGDR", equation 5. Let the run end where a cosine does: after period · (1 + multiplier + multiplier² + …).
 */
export const warmRestartsSchedule = frozen<Schedule<WarmRestartsOptions>>({
  name: "warm-restarts",
  summary: "half cosines one after the other, each multiplier times as long as the one before",
  // Two of them in the ten epochs of a usual run.
  defaults: { period: 5, multiplier: 1, final: 0 },
  ranges: {
    period: [1, Number.POSITIVE_INFINITY],
    multiplier: [1, Number.POSITIVE_INFINITY],
    final: [0, Number.POSITIVE_INFINITY],
  },
  space: { period: int(1, 10), multiplier: choice(1, 2), final: float(0, 0.1) },
  searchFirst: [],
  factor: ({ period, multiplier, final }, { epoch }) => {
    let [since, length] = [epoch, period];
    while (since >= length) {
      since -= length;
      length *= multiplier;
    }
    return halfCosine(1, final, since / length);
  },
});

/** From `rate` down along a cosine, and again, and again. */
export const warmRestarts = (rate?: number, options: Partial<WarmRestartsOptions> = {}): ScheduleChoice =>
  scheduled(warmRestartsSchedule, rate, options);
