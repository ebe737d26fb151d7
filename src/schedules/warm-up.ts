import { frozen, type Ranges } from "../core/index.ts";
import type { Schedule, Time } from "./schedule.ts";

export interface WarmUp {
  /** How long the rate rises; 0 is no warm-up. */
  readonly epochs: number;
  /** The share of the schedule's first rate to rise from. */
  readonly start: number;
}

/** What a warm-up can be told, checked as the options of a unit are. */
export const warmUp = frozen<{ readonly name: string; readonly defaults: WarmUp; readonly ranges: Ranges }>({
  name: "warm-up",
  defaults: { epochs: 0, start: 0.1 },
  ranges: { epochs: [0, Number.POSITIVE_INFINITY], start: [0, 1] },
});

/**
 * The factor of a schedule behind a warm-up. The rate rises along a line from `start` times the schedule's first factor to that
 * factor; then the schedule runs over the epochs that are left, as if the run had started there: with the losses since then,
 * too. Goyal et al. 2017, section 2.2: large rates harm weights that are still random.
 */
export function warmedUp<Options extends object>(
  unit: Schedule<Options>,
  options: Options,
  { epochs, start }: WarmUp,
  time: Time,
): number {
  const left = Math.max(0, time.epochs - epochs);
  if (time.epoch < epochs) {
    const first = unit.factor(options, { epoch: 0, epochs: left, losses: [] });
    return first * (start + (1 - start) * (time.epoch / epochs));
  }
  // The loss of epoch i, counted from 0, is known at the time i + 1.
  const losses = time.losses.slice(Math.floor(epochs));
  return unit.factor(options, { epoch: time.epoch - epochs, epochs: left, losses });
}
