import { frozen } from "../core/index.ts";
import { float } from "../space/index.ts";
import { halfCosine, progressOf, type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface CosineOptions {
  /** The factor at the end. */
  readonly final: number;
}

/**
 * Half a cosine from 1 to `final`: large steps while they help, small ones while the noise of the batches would keep the
 * weights from settling. Loshchilov and Hutter 2017, "SGDR" (one period, without restarts).
 */
export const cosineSchedule = frozen<Schedule<CosineOptions>>({
  name: "cosine",
  summary: "half a cosine from the rate down to final times the rate",
  defaults: { final: 0 },
  ranges: { final: [0, Number.POSITIVE_INFINITY] },
  space: { final: float(0, 0.1) },
  searchFirst: [],
  factor: ({ final }, time) => halfCosine(1, final, progressOf(time)),
});

/** From `rate` down to `final` times `rate` along half a cosine. */
export const cosine = (rate?: number, options: Partial<CosineOptions> = {}): ScheduleChoice =>
  scheduled(cosineSchedule, rate, options);
