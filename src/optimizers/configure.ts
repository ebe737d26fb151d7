import { type Choice, chosen } from "../core/index.ts";
import type { Optimizer, OptimizerChoice } from "./optimizer.ts";

/** A schedule with the learning rate that it starts from. */
export type ScheduledRate = Choice<"schedule"> & { readonly rate?: number };

/** Options of an optimizer; the learning rate may be a number or a schedule of its own. */
export type OptimizerOptions<Options extends object> = Partial<Options> & {
  readonly learningRate?: number | ScheduledRate;
};

/** Chooses an optimizer; a schedule given as the learning rate is kept beside its rate. */
export function optimizerOf<Options extends object>(
  unit: Optimizer<Options>,
  options: OptimizerOptions<Options> = {},
): OptimizerChoice {
  const { learningRate, ...rest } = options;
  if (learningRate === undefined || typeof learningRate === "number") return chosen("optimizer", unit, options);
  const { rate, ...schedule } = learningRate;
  return chosen("optimizer", unit, { ...rest, learningRate: rate, schedule: schedule as Choice<"schedule"> });
}
