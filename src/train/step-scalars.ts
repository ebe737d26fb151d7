import { choose } from "../core/index.ts";
import { runningScalars } from "../nn/index.ts";
import { type Optimizer, optimizers } from "../optimizers/index.ts";
import { schedules, type Time, warmedUp, warmUp } from "../schedules/index.ts";
import { names } from "./names.ts";
import { averageScalars } from "./next-state.ts";
import type { Plan } from "./plan.ts";
import { Scalars } from "./state.ts";

/** The rank-0 inputs of a run's steps: those of the whole run, and those that are set before each step. */
export class StepScalars {
  readonly scalars = new Scalars();
  readonly #plan: Plan;
  readonly #unit: Optimizer;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#unit = choose("optimizer", optimizers, plan.optimizer.name);
    for (const [name, value] of Object.entries(plan.constants)) this.scalars.set(name, value);
    this.set(0, 1);
  }

  /** @param step counts from 1 */
  set(learningRate: number, step: number): void {
    const { optimizer, averageWeights, buffers } = this.#plan;
    const own = this.#unit.scalars({ ...this.#unit.defaults, ...optimizer.options }, learningRate, step);
    for (const [name, value] of Object.entries(own)) this.scalars.set(names.scalar(name), value);
    if (buffers.length > 0) {
      for (const [name, value] of Object.entries(runningScalars(step))) this.scalars.set(name, value);
    }
    if (averageWeights === undefined) return;
    for (const [name, value] of Object.entries(averageScalars(averageWeights, step))) this.scalars.set(name, value);
  }
}

/** The learning rate at a time: the plan's rate, times what its schedule says behind its warm-up. */
export function scheduledRate({ schedule, warmUp: epochs, learningRate }: Plan, time: Time): number {
  const unit = choose("schedule", schedules, schedule.name);
  const options = { ...unit.defaults, ...schedule.options };
  return learningRate * warmedUp(unit, options, { ...warmUp.defaults, epochs }, time);
}
