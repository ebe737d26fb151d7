import { frozen } from "../core/index.ts";
import { float } from "../space/index.ts";
import { progressOf, type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface PolynomialOptions {
  /** How sharply the rate falls at first: 1 is a straight line. */
  readonly power: number;
  /** The factor at the end. */
  readonly final: number;
}

/**
 * final + (1 − final) (1 − progress)^power: quick at first, gentle towards the end. The "poly" policy of Caffe; Chen et al.
 * 2018 (DeepLab) use a power of 0.9.
 */
export const polynomialSchedule = frozen<Schedule<PolynomialOptions>>({
  name: "polynomial",
  summary: "a power of the share of the run that is left, down to final times the rate",
  defaults: { power: 2, final: 0 },
  ranges: { power: [0, Number.POSITIVE_INFINITY], final: [0, Number.POSITIVE_INFINITY] },
  space: { power: float(0.5, 4), final: float(0, 0.1) },
  searchFirst: [],
  factor: ({ power, final }, time) => final + (1 - final) * (1 - progressOf(time)) ** power,
});

/** From `rate` down to `final` times `rate` along a power of what is left of the run. */
export const polynomialDecay = (rate?: number, options: Partial<PolynomialOptions> = {}): ScheduleChoice =>
  scheduled(polynomialSchedule, rate, options);
