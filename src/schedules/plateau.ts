import { frozen } from "../core/index.ts";
import { float, int } from "../space/index.ts";
import { type Schedule, type ScheduleChoice, scheduled } from "./schedule.ts";

export interface PlateauOptions {
  /** What the rate is multiplied by. */
  readonly factor: number;
  /** How many epochs in a row may pass without progress before it falls. */
  readonly patience: number;
  /** By which share of the best loss a loss has to be lower to count as progress. */
  readonly threshold: number;
}

/**
 * Reduces the rate where the loss no longer falls: an epoch makes progress if its loss is below (1 − threshold) times the
 * best one before; after more than `patience` epochs in a row without progress the rate is multiplied by `factor` and the
 * counting starts again. All of it follows from the losses so far, so there is no state to keep. A loss that is no number
 * makes no progress. PyTorch's ReduceLROnPlateau (mode "min", relative threshold).
 */
export const plateauSchedule = frozen<Schedule<PlateauOptions>>({
  name: "plateau",
  summary: "times factor when the loss has not fallen for more than patience epochs",
  defaults: { factor: 0.5, patience: 1, threshold: 1e-3 },
  ranges: { factor: [0, 1], patience: [0, Number.POSITIVE_INFINITY], threshold: [0, 1] },
  space: { factor: float(0.1, 0.8), patience: int(0, 5) },
  searchFirst: [],
  factor: ({ factor, patience, threshold }, { losses }) => {
    let [best, waited, reductions] = [Number.POSITIVE_INFINITY, 0, 0];
    for (const loss of losses) {
      if (loss < best * (1 - threshold)) [best, waited] = [loss, 0];
      else if (++waited > patience) [waited, reductions] = [0, reductions + 1];
    }
    return factor ** reductions;
  },
});

/** From `rate`, times `factor` whenever the loss stays where it is. */
export const reduceOnPlateau = (rate?: number, options: Partial<PlateauOptions> = {}): ScheduleChoice =>
  scheduled(plateauSchedule, rate, options);
