import { frozen } from "../core/index.ts";
import { float, logFloat } from "../space/index.ts";
import { halfCosine, progressOf, type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface OneCycleOptions {
  /** The share of the run during which the rate rises. */
  readonly warmUp: number;
  /** The run starts at 1 / initialDivisor of the rate … */
  readonly initialDivisor: number;
  /** … and ends at 1 / finalDivisor of what it started from. */
  readonly finalDivisor: number;
}

/**
 * One cycle: half a cosine up from 1 / initialDivisor to 1, then half a cosine down to 1 / (initialDivisor · finalDivisor). The
 * rate is the peak. Smith 2018, "A disciplined approach to neural network hyper-parameters"; with large rates "super-convergence",
 * Smith and Topin 2018.
 * Differs: the paper rises along a line and cycles the momentum against the rate; cosines are fastai's and PyTorch's form, and
 * the momentum stays. PyTorch counts steps, so its peak and its end come one step earlier than the share says.
 */
export const oneCycleSchedule = frozen<Schedule<OneCycleOptions>>({
  name: "one-cycle",
  summary: "up to the rate along half a cosine, then down to almost nothing",
  defaults: { warmUp: 0.3, initialDivisor: 25, finalDivisor: 1e4 },
  ranges: {
    warmUp: [0, 1],
    initialDivisor: [1, Number.POSITIVE_INFINITY],
    finalDivisor: [1, Number.POSITIVE_INFINITY],
  },
  space: { warmUp: float(0.1, 0.5), initialDivisor: logFloat(5, 50) },
  searchFirst: [],
  factor: ({ warmUp, initialDivisor, finalDivisor }, time) => {
    const [progress, initial] = [progressOf(time), 1 / initialDivisor];
    return progress < warmUp
      ? halfCosine(initial, 1, progress / warmUp)
      : halfCosine(1, initial / finalDivisor, (progress - warmUp) / (1 - warmUp));
  },
});

/** Up to `rate` and down again. */
export const oneCycle = (rate?: number, options: Partial<OneCycleOptions> = {}): ScheduleChoice =>
  scheduled(oneCycleSchedule, rate, options);
